"""A learned pose prior: a generator of plausible poses, and a critic that tells them from others.

After Davydov, Remizova, Constantin, Honari, Salzmann and Fua, Adversarial Parametric Pose Prior, CVPR 2022
(the paper's reference [5]): a small network G takes points z of a sphere to poses, trained against a critic
that looks at every joint and at the whole pose, so that descending on z stays among poses that people take.

Nothing in that game asks a generator to reach every pose. So an encoder E goes the other way, and poses are
to survive G(E(θ)), as in adversarial autoencoders (Makhzani et al., 2016); and the codes of poses are drawn
to the uniform distribution on the sphere by their maximum mean discrepancy (Tolstikhin et al., Wasserstein
auto-encoders, ICLR 2018, section 3), so that random z give poses as plausible as encoded ones. What leaves
the generator is put within the joint limits of :mod:`simplifiedclip.body.limits`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import roma
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..body.joints import NUM_JOINTS
from ..body.limits import clamp_pose
from ..errors import UserError

LATENT = 32
_BODY = NUM_JOINTS - 1  # all joints but the root, which is the body's place in the world


class _Block(nn.Module):
    """x + W₂ σ(W₁ norm(x))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(F.silu(self.up(self.norm(x))))


def _network(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), _Block(width), nn.Linear(width, outputs))


class Critic(nn.Module):
    """Tells plausible poses from others: 23 verdicts on joints and one on the whole pose, real 1, false 0.

    As in HMR (Kanazawa et al., CVPR 2018, section 3.3) joints share an embedding of their rotation matrix,
    and the verdict on the whole looks at all embeddings together.
    """

    def __init__(self, width: int = 256, embedding: int = 32) -> None:
        super().__init__()
        self.embed = nn.Sequential(
            nn.Linear(9, embedding), nn.SiLU(), nn.Linear(embedding, embedding), nn.SiLU()
        )
        self.joint = nn.Parameter(torch.randn(_BODY, embedding) / embedding**0.5)
        self.joint_bias = nn.Parameter(torch.zeros(_BODY))
        self.whole = nn.Sequential(
            nn.Linear(_BODY * embedding, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, 1),
        )

    def forward(self, rotations: Tensor) -> Tensor:
        """(B, 23, 3, 3) -> (B, 24) verdicts."""
        embedded = self.embed(rotations.flatten(-2))
        each = (embedded * self.joint).sum(-1) + self.joint_bias
        return torch.cat([each, self.whole(embedded.flatten(1))], dim=1)


class PosePrior(nn.Module):
    """Generator, encoder and critic.

    Attributes:
        latent: size d of z.

    Example:
        >>> prior = PosePrior.load()
        >>> theta = prior.decode(torch.randn(4, prior.latent))      # four poses, (4, 24, 3)
    """

    def __init__(self, latent: int = LATENT, width: int = 384) -> None:
        super().__init__()
        self.latent = latent
        self.generator = _network(latent, width, _BODY * 6)
        self.encoder = _network(_BODY * 6, width, latent)
        self.critic = Critic()

    # -- networks ------------------------------------------------------------------------------------------

    def rotations(self, z: Tensor) -> Tensor:
        """Return the generator's joint rotations, not yet within limits: (B, d) -> (B, 23, 3, 3).

        Only the direction of z counts. Outputs are the first two columns of each matrix (Zhou et al., On the
        continuity of rotation representations, CVPR 2019).
        """
        columns = self.generator(F.normalize(z, dim=-1) * self.latent**0.5).unflatten(-1, (_BODY, 3, 2))
        return roma.special_gramschmidt(columns + torch.eye(3, 2).to(columns))

    def codes(self, rotations: Tensor) -> Tensor:
        """Return the encoder's z of length one: (B, 23, 3, 3) -> (B, d)."""
        return F.normalize(self.encoder(rotations[..., :2].flatten(1)), dim=-1)

    # -- use -----------------------------------------------------------------------------------------------

    def decode(self, z: Tensor) -> Tensor:
        """Return the pose of a code, within the joint limits; differentiable.

        Args:
            z: (B, d), of any length but zero.
        Returns:
            (B, 24, 3) axis-angle, radians; the root's is zero.
        Raises:
            UserError: for another shape.
        """
        if z.dim() != 2 or z.shape[1] != self.latent:
            raise UserError(f"the codes have the shape {tuple(z.shape)}, expected (B, {self.latent})")
        theta = roma.rotmat_to_rotvec(self.rotations(z))
        return clamp_pose(torch.cat([torch.zeros_like(theta[:, :1]), theta], dim=1))

    def encode(self, theta: Tensor, steps: int = 60) -> Tensor:
        """Return a code whose pose is near a given one: the encoder's, bettered by descending on it.

        Args:
            theta: (B, 24, 3) axis-angle; the root's is not looked at.
            steps: of Adam on the mean distance of the joints; 0 gives the encoder's own answer.
        Returns:
            (B, d), of length one, detached.
        Raises:
            UserError: for another shape.
        """
        target = _body_rotations(theta)
        with torch.no_grad():
            z = self.codes(target.to(next(self.parameters())))
        if steps == 0:
            return z
        best, least = z.clone(), torch.full((len(z),), torch.inf, dtype=z.dtype, device=z.device)
        places = posed_joints(target.to(z))
        with torch.enable_grad():
            z.requires_grad_()
            optimizer = torch.optim.Adam([z], lr=0.03)
            schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, 0.003)
            for _ in range(steps):
                found = self.rotations(z)
                away = (posed_joints(found) - places).norm(dim=-1).mean(1)
                turned = (found - target.to(found)).square().sum((-1, -2)).mean(1)
                loss = away + 0.005 * turned
                better = loss.detach() < least
                least = torch.where(better, loss.detach(), least)
                best = torch.where(better.unsqueeze(1), z.detach(), best)
                (z.grad,) = torch.autograd.grad(loss.sum(), z)
                optimizer.step()
                schedule.step()
        return F.normalize(best, dim=-1)

    def score(self, theta: Tensor) -> Tensor:
        """Return how implausible the critic finds a pose: ``mean relu(1 - verdict)²``, about 0 to 1.

        Args:
            theta: (B, 24, 3) axis-angle; the root's is not looked at.
        Returns:
            (B,) differentiable, 0 where every verdict is at least that of a real pose. Verdicts on joints and
            the one on the whole pose count the same together.
        Raises:
            UserError: for another shape.
        """
        doubt = torch.relu(1 - self.critic(_body_rotations(theta).to(next(self.parameters())))).square()
        return (doubt[:, :-1].mean(1) + doubt[:, -1]) / 2

    # -- files ---------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, file: Path | None = None) -> PosePrior:
        """Load weights: those that come with the package, or a ``.safetensors`` of ``train prior``.

        Raises:
            UserError: a missing or damaged file, or one of something else.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = file or Path(__file__).parent / "data" / "pose_prior.safetensors"
        if not path.is_file():
            raise UserError(
                f"There is no pose prior {path}: install the package again, or train one with "
                f"`simplifiedclip train prior`."
            )
        try:
            state = {name: value.float() for name, value in load_file(path).items()}
            width, latent = state["generator.0.weight"].shape
            prior = cls(latent, width)
            prior.load_state_dict(state)
        except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
            raise UserError(
                f"The pose prior {path} cannot be read ({type(error).__name__}): install the package again, "
                f"or train one with `simplifiedclip train prior`."
            ) from error
        return prior.eval().requires_grad_(False)

    def save(self, file: Path) -> None:
        """Write the weights as float16; under a temporary name first, so there is never half a file."""
        import os

        from safetensors.torch import save_file

        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(file.name + ".part")
        save_file({name: value.half().contiguous() for name, value in self.state_dict().items()}, temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)


def encode_pose(prior: PosePrior, theta: Tensor) -> Tensor:
    """Return poses in the prior's coordinates, root axis-angle and z: (B, 24, 3) -> (B, 3 + d)."""
    return torch.cat([theta[:, 0], prior.encode(theta).to(theta)], dim=1)


def decode_pose(prior: PosePrior, x: Tensor) -> Tensor:
    """Undo :func:`encode_pose`: (B, 3 + d) -> (B, 24, 3) axis-angle, differentiable."""
    return torch.cat([x[:, None, :3], prior.decode(x[:, 3:])[:, 1:]], dim=1)


def posed_joints(rotations: Tensor) -> Tensor:
    """Return the joints of the embedded body, its root not turned: (B, 23, 3, 3) -> (B, 24, 3) metres."""
    root = torch.eye(3).to(rotations).expand(len(rotations), 1, 3, 3)
    return _skeleton(rotations.device, rotations.dtype).joints(torch.cat([root, rotations], dim=1))


@lru_cache(maxsize=4)
def _skeleton(device: torch.device, dtype: torch.dtype):
    from ..body.smpl import SMPL

    return SMPL.embedded(dtype=dtype).to(device)


def _body_rotations(theta: Tensor) -> Tensor:
    if theta.dim() != 3 or theta.shape[1:] != (NUM_JOINTS, 3):
        raise UserError(f"the pose has the shape {tuple(theta.shape)}, expected (B, {NUM_JOINTS}, 3)")
    return roma.rotvec_to_rotmat(theta[:, 1:])
