// Prints what Khronos' validator says of a GLB file, as JSON: node validate_glb.js FILE
const fs = require("fs");
const validator = require("gltf-validator");
validator.validateBytes(new Uint8Array(fs.readFileSync(process.argv[2]))).then((report) => console.log(JSON.stringify(report)));
