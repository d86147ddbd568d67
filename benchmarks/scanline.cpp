// One-thread scanline rasterizer: the limit that benchmarks/rasterize.py compares with.
// Same rule as the library: rows [ceil(y0), ceil(y2)), columns [ceil(left), ceil(right)).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

static int first_centre(float value, int limit) {
    return (int)std::min(std::max(std::ceil(value), 0.0f), (float)limit);
}

static void draw(const float* a, const float* b, const float* c, int face, int height, int width,
                 int32_t* owner, float* depth) {
    if (a[1] > b[1]) std::swap(a, b);
    if (b[1] > c[1]) std::swap(b, c);
    if (a[1] > b[1]) std::swap(a, b);
    const float area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    if (!std::isfinite(area + a[2] + b[2] + c[2])) return;
    const int top = first_centre(a[1], height), middle = first_centre(b[1], height);
    const int bottom = first_centre(c[1], height);
    if (top >= bottom) return;
    const float inverse = area == 0 ? 0 : 1 / area;
    const float dz_dx = ((b[2] - a[2]) * (c[1] - a[1]) - (c[2] - a[2]) * (b[1] - a[1])) * inverse;
    const float dz_dy = ((b[0] - a[0]) * (c[2] - a[2]) - (c[0] - a[0]) * (b[2] - a[2])) * inverse;
    const float slope_long = (c[0] - a[0]) / (c[1] - a[1]);
    for (int row = top; row < bottom; ++row) {
        const float* from = row < middle ? a : b;
        const float* to = row < middle ? b : c;
        const float slope = (to[0] - from[0]) / (to[1] - from[1]);
        const float x_long = a[0] + slope_long * (row - a[1]);
        const float x_short = from[0] + slope * (row - from[1]);
        const int start = first_centre(std::min(x_long, x_short), width);
        const int stop = first_centre(std::max(x_long, x_short), width);
        float z = a[2] + dz_dx * (start - a[0]) + dz_dy * (row - a[1]);
        for (int column = start; column < stop; ++column, z += dz_dx) {
            const int pixel = row * width + column;
            if (z < depth[pixel]) {
                depth[pixel] = z;
                owner[pixel] = face;
            }
        }
    }
}

// verts (B,V,3) in image space, faces (F,3) -> pix_to_face (B,H,W) int64, bary (B,H,W,3), zbuf (B,H,W)
extern "C" void rasterize(const float* verts, const int64_t* faces, int batch, int num_verts, int num_faces,
                          int height, int width, int64_t* pix_to_face, float* bary, float* zbuf) {
    const float half = std::min(height, width) / 2.0f;
    const int size = height * width;
    std::vector<float> points(num_verts * 3), depth(size);
    std::vector<int32_t> owner(size);
    for (int image = 0; image < batch; ++image) {
        for (int v = 0; v < num_verts; ++v) {
            const float* in = verts + ((int64_t)image * num_verts + v) * 3;
            points[3 * v] = in[0] * half + (width - 1) / 2.0f;
            points[3 * v + 1] = in[1] * half + (height - 1) / 2.0f;
            points[3 * v + 2] = in[2];
        }
        std::fill(depth.begin(), depth.end(), INFINITY);
        std::fill(owner.begin(), owner.end(), -1);
        for (int f = 0; f < num_faces; ++f)
            draw(&points[3 * faces[3 * f]], &points[3 * faces[3 * f + 1]], &points[3 * faces[3 * f + 2]], f,
                 height, width, owner.data(), depth.data());
        int64_t* out_face = pix_to_face + (int64_t)image * size;
        float* out_bary = bary + (int64_t)image * size * 3;
        float* out_depth = zbuf + (int64_t)image * size;
        for (int pixel = 0; pixel < size; ++pixel) {
            out_face[pixel] = owner[pixel];
            if (owner[pixel] < 0) {
                out_depth[pixel] = out_bary[3 * pixel] = out_bary[3 * pixel + 1] = out_bary[3 * pixel + 2] = -1;
                continue;
            }
            const int64_t* face = faces + 3 * owner[pixel];
            const float x = pixel % width, y = pixel / width;
            float cx[3], cy[3], cz[3];
            for (int k = 0; k < 3; ++k) {
                cx[k] = points[3 * face[k]] - x;
                cy[k] = points[3 * face[k] + 1] - y;
                cz[k] = points[3 * face[k] + 2];
            }
            const float w0 = cx[1] * cy[2] - cx[2] * cy[1], w1 = cx[2] * cy[0] - cx[0] * cy[2];
            const float w2 = cx[0] * cy[1] - cx[1] * cy[0], sum = w0 + w1 + w2;
            const float b1 = sum == 0 ? 0 : w1 / sum, b2 = sum == 0 ? 0 : w2 / sum;
            out_bary[3 * pixel] = 1 - b1 - b2;
            out_bary[3 * pixel + 1] = b1;
            out_bary[3 * pixel + 2] = b2;
            out_depth[pixel] = (1 - b1 - b2) * cz[0] + b1 * cz[1] + b2 * cz[2];
        }
    }
}
