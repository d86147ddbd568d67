import pytest
import torch
from models.registered import awake, silent_rows
from torch.autograd import gradcheck

from aucgan.models.au.afg import AFG
from aucgan.models.au.backbones import BACKBONES
from aucgan.models.au.edge_attention import EdgeExtractor
from aucgan.models.au.graph import neighbour_adjacency, node_similarity
from aucgan.models.au.heads import GatedGraphHead
from aucgan.models.au.linear_block import LinearBlock
from aucgan.models.au.mefarg import MEFARG
from aucgan.models.au.naive_mefarg import NaiveMEFARG, naive_edges, naive_head
from aucgan.models.au.pair_attention import pair_attention
from aucgan.registry import MODELS


def randomise_batchnorm(module):
    for bn in module.modules():
        if isinstance(bn, torch.nn.modules.batchnorm._BatchNorm):
            bn.running_mean.normal_(0, 0.1)
            bn.running_var.uniform_(0.8, 1.2)
            torch.nn.init.normal_(bn.weight, 1, 0.1)
            torch.nn.init.normal_(bn.bias, 0, 0.1)
    return module


def slim(cls=MEFARG, **kwargs):
    torch.manual_seed(0)
    return randomise_batchnorm(cls(backbone="resnet_slim", dim=16, **kwargs))


@pytest.mark.parametrize("name", ["MEFARG", "AFG"])
@pytest.mark.parametrize("batch", [1, 3])
def test_shapes_range_and_gradient_to_the_image(name, batch):
    net = slim(MODELS.get(name), normalize=True).eval()
    image = torch.rand(batch, 3, 112, 112, requires_grad=True)
    probabilities, afn = net(image)
    assert probabilities.shape == (batch, 41) and afn.shape == (batch, 27, 16)
    assert probabilities.min() >= 0 and probabilities.max() <= 1 + 1e-6
    (probabilities.sum() + afn.sum()).backward()
    assert torch.isfinite(image.grad).all() and image.grad.abs().sum() > 0


@pytest.mark.parametrize("cls", [MEFARG, AFG])
def test_every_row_of_every_parameter_learns(cls):
    net = awake(slim(cls).train())
    torch.manual_seed(1)
    probabilities, afn = net(torch.randn(4, 3, 64, 64))
    (probabilities.square().sum() + afn.square().sum()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    silent = {name: rows for name, p in net.named_parameters() if (rows := silent_rows(p))}
    # A BatchNorm takes out what all samples share, a softmax what all keys share.
    by_design = {name for name in silent if name.endswith((".fc.bias", ".linear_k.bias"))}
    assert not silent.keys() - by_design, silent


def test_image_sizes_and_preprocessing():
    net = slim(normalize=True, input_size=96).eval()
    image = torch.rand(2, 3, 112, 112)
    assert net.preprocess(image).shape == (2, 3, 96, 96)
    plain = slim().eval()
    normalised = (image - plain._mean) / plain._std
    torch.testing.assert_close(slim(normalize=True).eval()(image)[0], plain(normalised)[0])
    assert not [key for key in plain.state_dict() if "_mean" in key and "running" not in key]


def test_afn_choices():
    image = torch.randn(2, 3, 64, 64)
    nodes = slim().eval()(image)[1]
    torch.testing.assert_close(slim(afn="normalized").eval()(image)[1], torch.nn.functional.normalize(nodes, dim=-1))
    assert not torch.allclose(slim(afn="pre_graph").eval()(image)[1], nodes)
    with pytest.raises(ValueError, match="afn is 'edges'; choose one of nodes, normalized, pre_graph"):
        slim(afn="edges")
    with pytest.raises(ValueError, match="backbone is 'vgg'; choose one of resnet18"):
        MEFARG(backbone="vgg")


@pytest.mark.parametrize("name", [name for name in BACKBONES if name not in ("resnet101", "swin_s", "swin_b")])
def test_backbones(name):
    net = AFG(backbone=name).eval()
    assert net.dim == BACKBONES[name].dim
    with torch.no_grad():
        probabilities, afn = net(torch.randn(1, 3, 112, 112))
    assert probabilities.shape == (1, 41) and afn.shape == (1, 27, net.dim)
    assert torch.isfinite(probabilities).all()


def test_linear_block_folds_in_eval_mode():
    block = randomise_batchnorm(LinearBlock(5, 7)).double()
    x = torch.randn(2, 4, 5, dtype=torch.double)
    folded = block.eval()(x)
    plain = torch.relu(block.bn(block.fc(x).transpose(1, 2)).transpose(1, 2))
    torch.testing.assert_close(folded, plain)


def test_neighbour_adjacency_by_hand():
    similarity = torch.tensor([[[3.0, 2.0, 1.0], [2.0, 3.0, 1.0], [0.0, 1.0, 2.0]]])
    # neighbours {0,1}, {0,1}, {1,2}: every row sums to 2, so every entry is 1/2
    want = torch.tensor([[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]])
    torch.testing.assert_close(neighbour_adjacency(similarity, 2), want)
    with pytest.raises(ValueError, match="choose dots, cosine, l1 or l2"):
        node_similarity(similarity, "l3")


def test_pair_attention_equals_the_maps_and_has_their_gradient():
    torch.manual_seed(0)
    q, k = (torch.randn(2, 3, 4, 5, dtype=torch.double, requires_grad=True) for _ in range(2))
    gram = torch.randn(2, 3, 4, 4, dtype=torch.double, requires_grad=True)
    rows, quad = pair_attention(q, k, gram)
    maps = torch.einsum("bjth,bish->bijts", q, k).softmax(-1)
    torch.testing.assert_close(rows, maps.mean(3))
    torch.testing.assert_close(quad, torch.einsum("bijts,bisr,bijtr->bij", maps, gram, maps))
    assert gradcheck(pair_attention, (q, k, gram))
    assert gradcheck(lambda q, k: pair_attention(q, k)[0], (q, k))


@pytest.mark.parametrize("training", [False, True])
def test_edges_equal_the_literal_form_with_gradients_and_statistics(training):
    torch.manual_seed(0)
    extractor = randomise_batchnorm(EdgeExtractor(8, 5)).double().train(training)
    twin = EdgeExtractor(8, 5).double().train(training)
    twin.load_state_dict(extractor.state_dict())
    node_tokens = torch.randn(3, 5, 6, 8, dtype=torch.double, requires_grad=True)
    tokens = torch.randn(3, 6, 8, dtype=torch.double, requires_grad=True)
    ours, naive = extractor(node_tokens, tokens), naive_edges(twin, node_tokens, tokens)
    torch.testing.assert_close(ours, naive)
    weight = torch.randn_like(ours)
    inputs = [node_tokens, tokens]
    grads = torch.autograd.grad((ours * weight).sum(), [*inputs, *extractor.parameters()])
    wanted = torch.autograd.grad((naive * weight).sum(), [*inputs, *twin.parameters()])
    for grad, want in zip(grads, wanted, strict=True):
        torch.testing.assert_close(grad, want, rtol=1e-6, atol=1e-9)
    for name, buffer in twin.named_buffers():
        torch.testing.assert_close(extractor.get_buffer(name), buffer, msg=name)


@pytest.mark.parametrize("training", [False, True])
def test_head_equals_the_literal_form(training):
    torch.manual_seed(0)
    head = randomise_batchnorm(GatedGraphHead(8)).double().train(training)
    tokens = torch.randn(2, 4, 8, dtype=torch.double)
    for ours, naive in zip(head(tokens), naive_head(head, tokens), strict=True):
        torch.testing.assert_close(ours, naive)


def test_network_equals_the_literal_form_in_single_precision():
    net = slim(backbone_args=dict(widths=(8, 8, 16, 16)), num_graph_layers=2).eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        for ours, naive in zip(net(image), NaiveMEFARG(net)(image), strict=True):
            torch.testing.assert_close(ours, naive, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("training", [False, True])
def test_bfloat16_autocast_stays_close(training, device):
    net = slim().train(training)
    image = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        plain = net(image)[0]
        with torch.autocast(device, torch.bfloat16):
            mixed = net(image)[0]
    torch.testing.assert_close(mixed.float(), plain, rtol=0.05, atol=0.05)
