"""PoseCLIP: the embedded encoder of texts, images and poses in one space, small enough to ship.

Three towers after the idea of CLIP (Radford et al. 2021), with SMPL's θ as a third modality:

- text: MiniLM (Wang et al. 2020, all-MiniLM-L6-v2), read token by token, mean pooled, projected;
- pose: a residual MLP on features of θ that do not change when the body turns about the vertical;
- image: a residual network in which every downsampling but the first is a low-pass filter (Zhang 2019,
  "Making Convolutional Networks Shift-Invariant Again") reads the pose tower's features off the picture,
  and a copy of the pose tower's MLP embeds them. Geometry is learned from dense targets that way, not from
  what a contrast leaks, and it is smooth in the pixels, because its gradient is what the pose follows.

Only `torch`, `tokenizers`, `safetensors` and `roma` are needed to run it; training is in
`simplifiedclip.training.poseclip`.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import UserError
from .preprocess import check_images, fit_square

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Parents of SMPL's 24 joints, repeated here so that the encoder can be used without the body model.
_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
# Joints whose mutual distances say which part touches which: hips, spine, knees, ankles, feet, head,
# shoulders, elbows, wrists.
_TOUCHING = (1, 2, 3, 4, 5, 7, 8, 10, 11, 15, 16, 17, 18, 19, 20, 21)


@dataclass(frozen=True)
class PoseCLIPConfig:
    """Sizes of the three towers; the defaults are those of the shipped weights."""

    dim: int = 256
    image_size: int = 144
    vocabulary: int = 30522
    max_tokens: int = 128
    text_width: int = 384
    text_layers: int = 6
    text_heads: int = 12
    text_hidden: int = 1536
    image_widths: tuple[int, int, int, int] = (32, 64, 96, 192)
    image_blocks: tuple[int, int, int] = (2, 3, 3)
    image_squeeze: int = 48
    image_features: int = 512
    image_lifts: int = 3
    pose_width: int = 640
    pose_blocks: int = 2

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> PoseCLIPConfig:
        """Build from JSON values, lists becoming tuples."""
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**tuples)


def attend(query_key_value: nn.Linear, x: Tensor, heads: int, mask: Tensor | None = None) -> Tensor:
    """Multi-head self-attention of x (B,T,D) before its output projection.

    Two batched products instead of `scaled_dot_product_attention`, whose backward pass on a CPU takes
    several times as long for short sequences. `mask` (B,1,T) is added to the scores.
    """
    batch, length, width = x.shape
    depth = width // heads
    q, k, v = (
        query_key_value(x)
        .view(batch, length, 3, heads, depth)
        .permute(2, 0, 3, 1, 4)
        .reshape(3, batch * heads, length, depth)
    )
    scores = q @ (k.transpose(1, 2) * depth**-0.5)
    if mask is not None:
        scores = scores + mask.repeat_interleave(heads, 0)
    out = torch.softmax(scores, -1) @ v
    return out.view(batch, heads, length, depth).transpose(1, 2).reshape(batch, length, width)


class TextLayer(nn.Module):
    """One BERT layer (Devlin et al. 2018): attention and MLP, each followed by its norm."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor, dropout: float = 0.0) -> Tensor:
        x = self.norm1(x + F.dropout(self.out(attend(self.qkv, x, self.heads, mask)), dropout))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), dropout))


class TextTower(nn.Module):
    """Token ids (B,T) and their mask (B,T) to embeddings (B,dim).

    Attributes:
        dropout: share of each layer's outputs that is left out in training.
    """

    dropout: float = 0.0

    def __init__(self, config: PoseCLIPConfig) -> None:
        super().__init__()
        width = config.text_width
        self.words, self.positions = (
            # On the meta device, where weights are loaded, `normal_` imports torch's compiler: two seconds.
            nn.Embedding(rows, width, _weight=torch.randn(rows, width))
            for rows in (config.vocabulary, config.max_tokens)
        )
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(
            TextLayer(width, config.text_heads, config.text_hidden) for _ in range(config.text_layers)
        )
        self.project = nn.Linear(width, config.dim, bias=False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        keep = mask.to(self.norm.weight.dtype)
        x = self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]])
        bias = ((1 - keep) * -1e4)[:, None]
        for layer in self.layers:
            x = layer(x, bias, self.dropout if self.training else 0.0)
        mean = (x * keep[..., None]).sum(1) / keep.sum(1, keepdim=True)
        return self.project(mean)


class ResidualMLP(nn.Module):
    """x + W2 gelu(W1 norm(x)) on (B,width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(F.gelu(self.up(self.norm(x))))


N_FEATURES = 23 * 6 + 24 * 3 + 23 * 3 + 24 + len(_TOUCHING) * (len(_TOUCHING) - 1) // 2
"""Number of features of a pose, see `PoseTower.features`."""


class PoseMLP(nn.Module):
    """Whitened pose features (B, N_FEATURES) to embeddings (B,dim)."""

    def __init__(self, config: PoseCLIPConfig) -> None:
        super().__init__()
        width = config.pose_width
        self.enter = nn.Linear(N_FEATURES, width)
        self.blocks = nn.ModuleList(ResidualMLP(width) for _ in range(config.pose_blocks))
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, config.dim, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        x = self.enter(features)
        for block in self.blocks:
            x = block(x)
        return self.project(self.norm(x))


class PoseTower(nn.Module):
    """Axis-angle poses θ (B,24,3) to embeddings (B,dim), unchanged by a turn about the vertical.

    The features are complete up to that turn and have no singular pose (a yaw angle would have one when
    the body is upside down): local rotations as 6D (Zhou et al. 2019, "On the Continuity of Rotation
    Representations"), the direction of gravity in each joint's frame, joint positions in the pelvis frame,
    joint heights above the lowest joint, and distances between the joints that may touch.
    """

    rest_joints: Tensor
    mean: Tensor
    deviation: Tensor

    def __init__(self, config: PoseCLIPConfig) -> None:
        super().__init__()
        self.register_buffer("rest_joints", torch.zeros(24, 3))
        self.register_buffer("mean", torch.zeros(N_FEATURES))
        self.register_buffer("deviation", torch.ones(N_FEATURES))
        self.mlp = PoseMLP(config)

    def features(self, theta: Tensor) -> Tensor:
        """Features of θ (B,24,3): (B, N_FEATURES), in radians-free units and metres, not yet whitened."""
        from roma import rotvec_to_rotmat

        local = rotvec_to_rotmat(theta)
        offsets = self.rest_joints.to(theta.dtype)
        world: list[Tensor] = [local[:, 0]]
        positions: list[Tensor] = [torch.zeros_like(theta[:, 0])]
        for joint in range(1, 24):
            parent = _PARENTS[joint]
            bone = offsets[joint] - offsets[parent]
            positions.append(positions[parent] + world[parent] @ bone)
            world.append(world[parent] @ local[:, joint])
        turned, at = torch.stack(world, 1), torch.stack(positions, 1)
        gravity = turned[:, :, 1, :]  # the y row of R is the world's up seen from the joint
        in_pelvis = at[:, 1:] @ local[:, 0]
        heights = at[..., 1] - at[..., 1].amin(1, keepdim=True)
        near = at[:, list(_TOUCHING)]
        first, second = torch.triu_indices(len(_TOUCHING), len(_TOUCHING), 1, device=theta.device)
        apart = ((near[:, first] - near[:, second]).pow(2).sum(-1) + 1e-6).sqrt()
        six = local[:, 1:, :, :2]
        return torch.cat([part.flatten(1) for part in (six, gravity, in_pelvis, heights, apart)], 1)

    def whitened(self, theta: Tensor) -> Tensor:
        """Features of θ (B,24,3), scaled to mean 0 and deviation 1 over the training poses, float32."""
        # Rotations and heights lose too much in bfloat16; only the network runs in its own dtype.
        return (self.features(theta.float()) - self.mean.float()) / self.deviation.float()

    def forward(self, theta: Tensor) -> Tensor:
        return self.mlp(self.whitened(theta).to(self.mlp.enter.weight.dtype))


class LowPass(nn.Module):
    """Halve (B,C,H,W) by averaging overlapping 4×4 windows: a low-pass filter before the sampling."""

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 4, 2, 1, count_include_pad=False)


class ConvBlock(nn.Module):
    """Residual block of two 3×3 convolutions (He et al. 2016) on (B,C,H,W), with a smooth activation.

    SiLU costs a processor less than half of GELU's time.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(x + self.norm2(self.second(F.silu(self.norm1(self.first(x))))))


def _enlarge(maps: Tensor) -> Tensor:
    """Double the sides of (B,C,H,W)."""
    return F.interpolate(maps, scale_factor=2.0, mode="bilinear")


class ImageTower(nn.Module):
    """Images (B,3,S,S) in 0..1, S = config.image_size, to embeddings (B,dim)."""

    def __init__(self, config: PoseCLIPConfig) -> None:
        super().__init__()
        widths = config.image_widths
        self.image_size = config.image_size

        def widen(below: int, above: int, size: int, stride: int = 1) -> list[nn.Module]:
            convolution = nn.Conv2d(below, above, size, stride, size // 2, bias=False)
            return [convolution, nn.BatchNorm2d(above), nn.SiLU()]

        def stage(number: int) -> list[nn.Module]:
            below, above = widths[number : number + 2]
            blocks = [ConvBlock(above) for _ in range(config.image_blocks[number])]
            return [LowPass(), *widen(below, above, 3), *blocks]

        self.finest = nn.Sequential(*widen(3, widths[0], 7, 2), *stage(0))
        self.fine = nn.Sequential(*stage(1))
        self.coarse = nn.Sequential(*stage(2))
        side = config.image_size // 2 ** (len(widths) - 1)
        self.find_finest = nn.Conv2d(widths[1], 24, 1)
        self.find_fine = nn.Conv2d(widths[2], 24, 1)
        self.find_coarse = nn.Conv2d(widths[3], 24, 1)
        self.squeeze_finest = nn.Conv2d(widths[1], config.image_squeeze, 1)
        self.squeeze_fine = nn.Conv2d(widths[2], config.image_squeeze, 1)
        # Where a limb is says as much as that it is there, so the last cells keep their place.
        self.squeeze = nn.Conv2d(widths[3], config.image_squeeze, 1)
        seen = (side // 2) ** 2 * config.image_squeeze + 24 * (2 * config.image_squeeze + 2)
        self.gather = nn.Linear(seen, config.image_features)
        self.norm = nn.LayerNorm(config.image_features)
        # From what is seen to a body in space (Martinez et al. 2017, "A Simple Yet Effective Baseline").
        self.lift = nn.Sequential(*(ResidualMLP(config.image_features) for _ in range(config.image_lifts)))
        self.read = nn.Linear(config.image_features, N_FEATURES)
        self.mlp = PoseMLP(config)

    def look(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, image_features) of the picture, and where it has each joint: (B,24,2), -1..1, y down.

        Each joint has a map of where it may be, and what is seen there is gathered for it (Sun et al. 2018,
        "Integral Human Pose Regression", for the places).
        """
        x = (images - 1.0) * 4.0  # a white background, the usual one, is zero
        finest = self.finest(x.contiguous(memory_format=torch.channels_last))
        fine = self.fine(finest)
        coarse = self.coarse(fine)
        maps = self.find_finest(finest) + _enlarge(self.find_fine(fine) + _enlarge(self.find_coarse(coarse)))
        maps = torch.softmax(maps.flatten(2).float(), -1)
        side = finest.shape[-1]
        line = (2 * torch.arange(side, device=fine.device) + 1) / side - 1
        places = maps @ torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).flatten(0, 1)
        maps = maps.to(fine.dtype)
        halved = 4 * F.avg_pool2d(maps.unflatten(-1, (side, side)), 2).flatten(2)
        there_fine, there_finest = (
            where @ F.gelu(squeeze(what)).flatten(2).transpose(1, 2)
            for where, squeeze, what in (
                (halved, self.squeeze_fine, fine),
                (maps, self.squeeze_finest, finest),
            )
        )
        last = F.gelu(self.squeeze(coarse))
        seen = [part.flatten(1) for part in (last, there_fine, places.to(fine.dtype), there_finest)]
        return self.lift(self.norm(F.gelu(self.gather(torch.cat(seen, 1))))), places

    def forward(self, images: Tensor) -> Tensor:
        return self.mlp(self.read(self.look(images)[0]))


class PoseCLIP(nn.Module):
    """The three towers as an `Encoder`, with `embed_pose` besides.

    Attributes:
        name: "poseclip", or the folder it was loaded from.
        dim: width of the space.
        image_size: side of the square the image tower reads; `embed_image` resizes to it.
    """

    def __init__(self, config: PoseCLIPConfig | None = None, tokenizer: Tokenizer | None = None) -> None:
        super().__init__()
        self.config = config or PoseCLIPConfig()
        self.name = "poseclip"
        self.dim = self.config.dim
        self.image_size = self.config.image_size
        self.max_tokens = self.config.max_tokens
        self.tokenizer = tokenizer
        self.text = TextTower(self.config)
        self.pose = PoseTower(self.config)
        self.image = ImageTower(self.config)

    # -- embedding ---------------------------------------------------------------------------------

    @property
    def device(self) -> torch.device:
        return self.text.project.weight.device

    def count_tokens(self, text: str) -> int:
        """Number of tokens the tokenizer makes of a text, start and end included."""
        return len(self._encode([text])[0])

    def embed_text(self, texts: list[str]) -> Tensor:
        """Embed n texts as (n, dim) float32.

        Raises:
            UserError: a text has more tokens than the tower reads; says how many to remove.
        """
        ids, mask = self.tokenise(texts)
        return self.text(ids.to(self.device), mask.to(self.device)).float()

    def embed_image(self, images: Tensor) -> Tensor:
        """Embed (n,3,H,W) images in 0..1 as (n, dim) float32: resized to the tower's size, antialiased.

        The mean over several views (LoAE) estimates the pose's own embedding: training makes each view's
        embedding the expected `embed_pose` given that view, so ambiguous views are shorter and weigh less.

        Raises:
            UserError: images of another shape.
        """
        check_images(images)
        # A triangle filter, unlike CLIP's bicubic, never overshoots, so no gradient is clipped.
        pixels = fit_square(images.to(self.device).float(), self.image_size, mode="bilinear")
        return self.image(pixels.to(self.text.project.weight.dtype)).float()

    def embed_pose(self, theta: Tensor) -> Tensor:
        """Embed axis-angle poses θ (n,24,3) or (n,72), radians, as (n, dim) float32; yaw does not matter.

        Raises:
            UserError: θ of another shape.
        """
        if theta.ndim < 2 or theta[0].numel() != 72:
            raise UserError(f"Poses must have shape (n, 24, 3) or (n, 72), not {tuple(theta.shape)}.")
        return self.pose(theta.reshape(-1, 24, 3).to(self.device)).float()

    def tokenise(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """Token ids and mask of n texts, (n,T) each, padded to the longest.

        Raises:
            UserError: a text is too long.
        """
        rows = self._encode(texts)
        for row in rows:
            surplus = len(row) - self.max_tokens
            if surplus > 0:
                raise UserError(
                    f"The prompt is too long for PoseCLIP: it reads {self.max_tokens} tokens, so shorten "
                    f"the text by {surplus} token{'s' if surplus > 1 else ''} "
                    f"(about {surplus} word{'s' if surplus > 1 else ''})."
                )
        length = max((len(row) for row in rows), default=1)
        ids = torch.tensor([row + [0] * (length - len(row)) for row in rows], dtype=torch.long)
        lengths = torch.tensor([len(row) for row in rows])
        return ids.view(len(rows), length), torch.arange(length) < lengths[:, None]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        if self.tokenizer is None:
            raise UserError("This PoseCLIP has no tokenizer: load it from a folder with a tokenizer.json.")
        return [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]

    # -- files -------------------------------------------------------------------------------------

    @classmethod
    def load(cls, folder: Path | None = None, device: str = "cpu", dtype: str = "float32") -> PoseCLIP:
        """Load the shipped weights (None) or a folder that `save` wrote; frozen, in evaluation mode.

        Raises:
            UserError: a file is missing or damaged.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        folder_given, folder = folder, check_files(folder)
        try:
            values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            config = PoseCLIPConfig.from_dict(values["poseclip"])
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            state = _unpack(load_file(folder / "model.safetensors"))
            with torch.device("meta"):
                model = cls(config)
            model.load_state_dict(state, assign=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise UserError(
                f"The PoseCLIP files in {folder} are damaged ({type(error).__name__}): install the package "
                f"again, or train them again with `simplifiedclip train poseclip`."
            ) from error
        except Exception as error:  # `tokenizers` raises bare Exception
            raise UserError(f"The tokenizer.json in {folder} is damaged: copy it there again.") from error
        model.tokenizer = plain(tokenizer)
        if folder_given is not None:
            model.name = str(folder_given)
        model.to(device=device, dtype=getattr(torch, dtype))
        return model.eval().requires_grad_(False)

    def save(self, folder: Path) -> None:
        """Write config.json, tokenizer.json and model.safetensors (rounded, see `_pack`).

        Each file is written under a temporary name first, so a folder never holds half a file.
        """
        from safetensors.torch import save

        folder.mkdir(parents=True, exist_ok=True)
        if self.tokenizer is None:
            raise UserError("This PoseCLIP has no tokenizer to save.")
        config = json.dumps({"poseclip": asdict(self.config)}, indent=2) + "\n"
        _write(folder / "config.json", config.encode())
        _write(folder / "tokenizer.json", self.tokenizer.to_str().encode())
        _write(folder / "model.safetensors", save(_pack(self.state_dict())))


def check_files(folder: Path | None) -> Path:
    """The folder of PoseCLIP's files (None: the shipped ones), all present.

    Raises:
        UserError: names the missing file.
    """
    where = folder or Path(__file__).parent / "data" / "poseclip"
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (where / name).is_file():
            raise UserError(
                f"PoseCLIP's {name} is missing from {where}: install the package again, or train the "
                f"weights with `simplifiedclip train poseclip`."
            )
    return where


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """Switch off the padding and truncation that a tokenizer.json may prescribe: lengths are checked here."""
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _is_rounded(name: str, value: Tensor) -> bool:
    return name.startswith("text.") and value.ndim == 2


def _pack(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A third of the size: matrices of the text tower as int8 with one scale per row, the others float16."""
    packed: dict[str, Tensor] = {}
    for name, value in state.items():
        value = value.detach().float().cpu()
        if _is_rounded(name, value):
            scale = (value.abs().amax(1, keepdim=True) / 127).clamp_min(1e-8)
            packed[name] = (value / scale).round().to(torch.int8)
            packed[name + ".scale"] = scale
        else:
            packed[name] = value.to(torch.float16 if value.ndim > 1 else torch.float32).contiguous()
    return packed


def _unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    state = {k: v.float() for k, v in packed.items() if not k.endswith(".scale")}
    for name, value in state.items():
        if name + ".scale" in packed:
            value *= packed[name + ".scale"]
    return state


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
