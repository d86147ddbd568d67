import ctypes

from aucgan.renderers.rasterizers.allocator import LARGEST_KEPT


def test_the_block_stays_within_what_glibc_learns_from():
    # DEFAULT_MMAP_THRESHOLD_MAX; a mapped block carries a header and is rounded up to pages
    limit, page = 4 * 1024 * 1024 * ctypes.sizeof(ctypes.c_long), 4096
    assert limit - 16 * page <= LARGEST_KEPT <= limit - 2 * page
