import torch
from host_reads import HostReads

READ = "import torch\ndef read():\n    return torch.ones(1).item()"


def reader(module, file):
    """A function of a module, wherever its file lies, that reads one value."""
    names = {"__name__": module}
    exec(compile(READ, file, "exec"), names)
    return names["read"]


def test_a_call_belongs_to_the_module_that_made_it_wherever_its_file_lies():
    for module, place in (("aucgan.losses.new", "aucgan.losses.new:3"), ("tests.other", "?"), ("aucgan_too", "?")):
        with HostReads() as reads:
            reader(module, "/clones/aucgan/tests/other.py")()
        assert reads.found == [("aten::_local_scalar_dense", place)]


def test_packages_can_be_passed_over():
    with HostReads("aucgan.renderers") as reads:
        reader("aucgan.renderers.new", "/new.py")()
        reader("aucgan.renderers_too", "/renderers/new.py")()
    assert reads.found == [("aten::_local_scalar_dense", "aucgan.renderers_too:3")]
    with HostReads() as reads:
        torch.ones(1).sum()
    assert not reads.found
