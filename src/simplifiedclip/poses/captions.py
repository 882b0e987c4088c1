"""Sentences from names and posecodes: many wordings of what holds for a pose, and of what does not.

A caption is planned as clauses, each an act ("kneeling on one knee") or a part with what holds for it ("left
arm", "raised"), and then worded in one of several styles, with a subject, a tense and synonyms drawn at
random. A hard negative is the same plan in the same words with one clause made false.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..prompts import SCENES
from .families import Fragment
from .posecodes import Code, mirror_key

_SWAP = {"left": "right", "right": "left"}
_SIDE = re.compile(r"(left|right)(?!\s+angle|-angle)", re.IGNORECASE)


def mirror_text(text: str) -> str:
    """Swap the words left and right ("right angle" stays), keeping capitals."""

    def swap(match: re.Match[str]) -> str:
        word = _SWAP[match.group().lower()]
        return word.capitalize() if match.group()[0].isupper() else word

    return _SIDE.sub(swap, text)


# --- verbs --------------------------------------------------------------------------------------------------

_SILENT_E = frozenset(
    """balanc bounc celebrat cycl danc dangl div dribbl driv fac fenc gaz giv groov hav hid loung lung mak
    meditat plac pledg pos propos prostrat rac rais reclin rid ris rotat salut serv shad shak squeez star
    straddl strid strik strok stumbl tak wav welcom""".split()  # noqa: SIM905
)
_DOUBLED = frozenset(
    """bat beg clap dab dribb grab hit hop hug jab jog let pedal put rub run ship shrug signal sit skip slip
    spin squat step swim trip""".split()  # noqa: SIM905
)


def base_form(participle: str) -> str | None:
    """Return the base form of a present participle ("running" → "run"); None for other words."""
    if not participle.endswith("ing") or participle in ("being", "having", "ring"):
        return None
    stem = participle[:-3]
    if stem == "ly":
        return "lie"
    if stem in _SILENT_E:
        return stem + "e"
    return stem[:-1] if stem[:-1] in _DOUBLED else stem


def third_person(base: str) -> str:
    """Return "runs" for "run"."""
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


_LATER_VERB = re.compile(r"(?:,| and| or) (?!hands|arms)\w+ing\b")


def _finite(act: str, third: bool) -> str | None:
    """Turn "sitting on a chair" into "sits on a chair"; None where the act does not begin with one verb."""
    first, _, rest = act.partition(" ")
    base = base_form(first)
    if base is None or _LATER_VERB.search(act):
        return None
    verb = third_person(base) if third else base
    return f"{verb} {rest}".rstrip()


# --- clauses ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clause:
    """One thing that a caption says.

    Attributes:
        act: a participle phrase, or "" where the clause is about a part.
        part, pred: what it is about and what holds; "{p}" stands for a possessive.
        code: key of the code behind it, or "".
    """

    act: str = ""
    part: str = ""
    pred: str = ""
    code: str = ""

    @property
    def plural(self) -> bool:
        """Whether the part takes "are"."""
        return self.part.endswith(("s", "feet")) or self.part.startswith("both")


_PAIR = {
    "arm": "arms",
    "hand": "hands",
    "leg": "legs",
    "knee": "knees",
    "foot": "feet",
    "elbow": "elbows",
    "ankle": "ankles",
}
_PLURAL_PREDS = {
    "hip": "hips",
    "knee": "knees",
    "shoulder": "shoulders",
    "ear": "ears",
    "side": "sides",
    "foot": "feet",
    "chest": "chest",
}


def _pluralise(pred: str) -> str:
    return re.sub(
        r"\{p\} (hip|knee|shoulder|ear|side|foot)\b", lambda m: "{p} " + _PLURAL_PREDS[m.group(1)], pred
    )


# What is said of limbs on an upright body does not fit a lying or inverted one.
_UPRIGHT_ONLY = re.compile(
    r"sky|in the air|hanging|horizontal|upwards|vertical|point(ing)? up|hands? up|height|level|zombie"
    r"|[TA]-pose|standing|dangling|walking|scarecrow|high|lowered|put(ting)? .* up|jump|shelf|straight up"
    r"|lift|rais|down forward|pointing down|diagonally down|held low|drooping|gunpoint|Y with|a V\b|wall"
    r"|taxi|marching"
)
_STANDING_ONLY = re.compile(
    r"standing|walking|superhero|military|soldier|at ease|zombie|scarecrow|wall|gunpoint|taxi|marching|boxing"
)
_STRAIGHT_ONLY = re.compile(r"upright|up straight|still|straight ahead|soldier|straight back")


def fit(fragment: Fragment, index: int, true: frozenset[str], maybe: frozenset[str]) -> Fragment:
    """Drop the names of a fragment that the pose as a whole does not bear out.

    Args:
        fragment: names; ``index`` 0 is the family, later ones are states of arms put on it.
        true, maybe: keys of the pose's codes.
    """
    acts, parts = fragment.acts, fragment.parts
    if "trunk upright" not in maybe or "look up" in true or "look down" in true:
        acts = tuple(act for act in acts if not _STRAIGHT_ONLY.search(act))
    if index and "trunk upright" not in maybe:
        acts = tuple(act for act in acts if not _UPRIGHT_ONLY.search(act))
        parts = tuple(part for part in parts if not _UPRIGHT_ONLY.search(part[1]))
    if index and "standing" not in true:
        acts = tuple(act for act in acts if not _STANDING_ONLY.search(act))
    return replace(fragment, acts=acts, parts=parts)


_SIDE_WORDS = ("left", "right")


def _fill(text: str, side: int) -> str:
    return text.replace("{s}", _SIDE_WORDS[side]).replace("{o}", _SIDE_WORDS[1 - side])


# --- wording ------------------------------------------------------------------------------------------------

_SUBJECTS: tuple[tuple[str, str, str], ...] = (
    ("She", "her", "she"),
    ("She", "her", "she"),
    ("He", "his", "he"),
    ("He", "his", "he"),
    ("The person", "their", "the person"),
    ("A person", "their", "they"),
    ("Someone", "their", "they"),
    ("A man", "his", "he"),
    ("A woman", "her", "she"),
    ("The man", "his", "he"),
    ("The woman", "her", "she"),
    ("A human figure", "its", "it"),
    ("The figure", "its", "it"),
    ("The body", "its", "it"),
    ("A guy", "his", "he"),
    ("A girl", "her", "she"),
    ("A boy", "his", "he"),
    ("The mannequin", "its", "it"),
    ("A dancer", "her", "she"),
    ("Somebody", "their", "they"),
    ("The subject", "their", "they"),
    ("An athlete", "his", "he"),
)


def _join(items: Sequence[str], word: str = "and") -> str:
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" {word} {items[-1]}"


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def word(clauses: Sequence[Clause], seed: int) -> str:
    """Word clauses as one caption; the same seed and kinds of clauses give the same wording around them."""
    rng = random.Random(seed)
    style = rng.random()
    subject, poss, pronoun = rng.choice(_SUBJECTS)
    if poss == "their" and rng.random() < 0.3:
        poss = rng.choice(("the", "his", "her"))
    acts = [c for c in clauses if c.act]
    parts = [c for c in clauses if not c.act]
    if style < 0.34:
        text = _sentences(acts, parts, subject, poss, pronoun, rng)
    elif style < 0.62:
        text = _one_sentence(acts, parts, subject, poss, rng)
    elif style < 0.82:
        text = _phrase(acts, parts, subject, poss, rng)
    elif style < 0.92:
        text = _keywords(acts, parts, rng)
    else:
        text = _imperative(acts, parts, rng)
    text = re.sub(r"\b(her|his|its|their|your|my|Her|His|Its|Their) (both|Both) ", _both_first, text)
    text = re.sub(r"\s+", " ", text).strip()
    if rng.random() < 0.1:
        text = text.lower()
    if rng.random() < 0.12:
        text = text.rstrip(".")
    return text


_HIS = re.compile(r"\b(he|his|him|man|guy|boy|waiter|king|monk)\b", re.IGNORECASE)
_HER = re.compile(r"\b(she|her|woman|girl|lady|ballerina|queen)\b", re.IGNORECASE)


def say(saying: str, clauses: Sequence[Clause], seed: int) -> str:
    """Add sentences about parts of the body to what people say of a pose; the same seed, the same wording."""
    rng = random.Random(seed)
    poss, pronoun = ("her", "she") if _HER.search(saying) else ("their", "they")
    if poss == "their":
        poss, pronoun = ("his", "he") if _HIS.search(saying) else (rng.choice(("their", "the")), "they")
    end = "" if saying.endswith((".", "!", "?")) else "."
    who = "someone" if pronoun == "they" else pronoun
    told = [
        _start(_act_sentence(c.act, who, poss, rng) if c.act else _part_sentence(c, poss, pronoun, rng))
        for c in clauses
    ]
    text = saying + end + " " + ". ".join(told) + "." if told else saying
    text = re.sub(r"\b(Her|His|Their|The) (both) ", _both_first, text)
    if rng.random() < 0.15:
        text = text.lower()
    if rng.random() < 0.2:
        text = text.rstrip(".!")
    return text


def _both_first(match: re.Match[str]) -> str:
    """Turn "her both" into "both her"."""
    poss = match.group(1)
    return f"Both {poss.lower()} " if poss[0].isupper() else f"both {poss} "


def _own(text: str, poss: str) -> str:
    return text.replace("{p}", poss)


def _act_sentence(act: str, subject: str, poss: str, rng: random.Random) -> str:
    present = _finite(act, True) if rng.random() < 0.45 else None
    if present is not None:
        return _own(f"{subject} {present}", poss)
    if act.startswith("with "):
        return _own(f"{subject} is {act}", poss)
    return _own(f"{subject} is {act}", poss)


def _part_sentence(c: Clause, poss: str, pronoun: str, rng: random.Random) -> str:
    part = _own(c.part, poss)
    owner = "" if c.part.startswith("both") and rng.random() < 0.4 else f"{poss} "
    if c.part.startswith("both") and owner and rng.random() < 0.7:
        part, owner = "both " + owner + c.part[5:], ""
    choice = rng.random()
    verb = "are" if c.plural else "is"
    if choice < 0.75 or pronoun == "they":
        return _own(f"{owner}{part} {verb} {c.pred}", poss)
    holds = rng.choice(("has", "keeps", "holds"))
    return _own(f"{pronoun} {holds} {owner}{part} {c.pred}", poss)


def _sentences(
    acts: list[Clause], parts: list[Clause], subject: str, poss: str, pronoun: str, rng: random.Random
) -> str:
    out: list[str] = []
    for k, c in enumerate(acts):
        who = subject if k == 0 else _start(pronoun)
        if who == "They":
            who = subject
        out.append(_act_sentence(c.act, who, poss, rng))
    rest = [_part_sentence(c, poss, pronoun, rng) for c in parts]
    merged: list[str] = []
    while rest:
        take = 2 if len(rest) > 1 and rng.random() < 0.35 else 1
        merged.append(" and ".join(rest[:take]))
        rest = rest[take:]
    if rng.random() < 0.15:
        return ". ".join(_start(t) for t in merged + out) + "."
    return ". ".join(_start(t) for t in out + merged) + "."


def _one_sentence(
    acts: list[Clause], parts: list[Clause], subject: str, poss: str, rng: random.Random
) -> str:
    told = [
        f"{poss if rng.random() < 0.8 or not c.part.startswith('both') else ''} {c.part} {c.pred}".strip()
        for c in parts
    ]
    told = [re.sub(rf"^{poss} both ", f"both {poss} ", t) for t in told]
    if acts:
        text = _act_sentence(acts[0].act, subject, poss, rng)
        if len(acts) > 1:
            text += rng.choice((", ", " while ")) + _join([c.act for c in acts[1:]])
        if told:
            text += rng.choice((" with ", ", with ", ", ", "; ")) + _join(told)
    else:
        has = rng.choice(("has", "has", "holds", "keeps"))
        text = f"{subject} {has} {_join(told)}"
        if rng.random() < 0.3 and len(subject.split()) > 1:
            text = f"{subject} with {_join(told)}"
    return _own(text, poss) + "."


def _phrase(acts: list[Clause], parts: list[Clause], subject: str, poss: str, rng: random.Random) -> str:
    who = (
        subject
        if subject[0:2] in ("A ", "An") or subject.startswith("Some")
        else rng.choice(("A person", "Person", "A figure", "Someone", "Human"))
    )
    if rng.random() < 0.25:
        who = rng.choice(
            (
                "A picture of a person",
                "A photo of a person",
                "An image of someone",
                "A 3D model of a person",
                "A render of a human",
            )
        )
    told = [rng.choice((f"{poss} {c.part} {c.pred}", f"{c.part} {c.pred}")) for c in parts]
    text = who
    if acts:
        text += (
            " " + rng.choice(("", "", "who is ")) + _join([c.act for c in acts], rng.choice(("and", "while")))
        )
    if told:
        text += (rng.choice((" with ", ", ")) if acts else " with ") + _join(told)
    return _own(text, poss) + rng.choice((".", ""))


def _keywords(acts: list[Clause], parts: list[Clause], rng: random.Random) -> str:
    items = [c.act for c in acts] + [f"{c.part} {c.pred}" for c in parts]
    if rng.random() < 0.3:
        rng.shuffle(items)
    text = ", ".join(items)
    text = re.sub(r"\{p\} own", "the", text)
    text = re.sub(r"(both )?\{p\} ", "", text) if rng.random() < 0.5 else text.replace("{p}", "the")
    return _start(text) if rng.random() < 0.5 else text


def _imperative(acts: list[Clause], parts: list[Clause], rng: random.Random) -> str:
    if rng.random() < 0.25:
        text = (
            "I am " + _join([c.act for c in acts])
            if acts
            else "I have " + _join([f"{{p}} {c.part} {c.pred}" for c in parts[:2]])
        )
        if acts and parts:
            text += " with " + _join([f"{{p}} {c.part} {c.pred}" for c in parts])
        return _own(text, "my").replace("my both", "both my") + "."
    out = []
    for c in acts:
        out.append(_finite(c.act, False) or f"be {c.act}")
    for c in parts:
        out.append(
            f"{rng.choice(('keep', 'have', 'hold'))} {{p}} {c.part} {c.pred}".replace("{p} both", "both {p}")
        )
    return _own(". ".join(_start(t) for t in out), "your") + "."


# --- planning -----------------------------------------------------------------------------------------------


class Written(NamedTuple):
    """What `Writer.write` wrote.

    Attributes:
        captions: that hold.
        wrong: some of them with a clause made false.
        exchanged: for each caption, itself with left and right exchanged in one clause that this makes false.
    """

    captions: list[str]
    wrong: list[str]
    exchanged: list[list[str]]


class Writer:
    """Plans and words captions for poses that share a table of codes."""

    def __init__(self, table: Sequence[Code], seed: int, scenes: float = 0.0) -> None:
        self.table = tuple(table)
        self.rng = random.Random(seed)
        self.scenes = scenes
        self._by_key = {code.key: code for code in self.table}
        self._rivals: dict[str, list[Code]] = {}
        for code in self.table:
            self._rivals.setdefault(code.attribute, []).append(code)

    def write(
        self,
        fragments: Sequence[Fragment],
        true: Sequence[str],
        maybe: frozenset[str],
        count: int,
        negatives: int,
        sayings: Sequence[str] = (),
    ) -> Written:
        """Return ``count`` captions of a pose and ``negatives`` wrong ones.

        The first wrong one is the first caption with a clause made false, and so on.

        Args:
            fragments: names that hold (the family first).
            true: keys of the codes that hold.
            maybe: keys of the codes that could be said.
            sayings: what people say of the family, see :mod:`.sayings`; half of the captions are or begin
                with one where there are any.
        """
        rng = self.rng
        held = frozenset(true)
        named = [fit(f, k, held, maybe) for k, f in enumerate(fragments)]
        if "trunk upright" not in maybe:
            sayings = [saying for saying in sayings if not _STRAIGHT_ONLY.search(saying)]
        captions: list[str] = []
        wrong: list[str] = []
        exchanged: list[list[str]] = []
        for number in range(count):
            coded = number < negatives
            seed = rng.getrandbits(32)
            saying = ""
            if sayings and rng.random() < 0.5:
                saying = _fill(rng.choice(sayings), named[0].side)
                more = 1 if coded else rng.choices((0, 1, 2), (0.65, 0.25, 0.1))[0]
                clauses = self._remarks(named[1:], true, more)
                text = say(saying, clauses, seed)
            else:
                clauses = self._plan(named, true, coded)
                text = word(clauses, seed)
            scene = self._scene()
            captions.append(scene + _start(text) if scene else text)
            others = [
                say(saying, c, seed) if saying else word(c, seed) for c in self._exchange(clauses, maybe)
            ]
            exchanged.append([scene + _start(o) if scene else o for o in others if o != text])
            if coded:
                spoiled = self._spoil(clauses, maybe)
                if spoiled is not None:
                    other = say(saying, spoiled, seed) if saying else word(spoiled, seed)
                    if other not in captions and other != text:
                        wrong.append(other)
        return Written(captions, wrong, [[o for o in others if o not in captions] for others in exchanged])

    def _exchange(self, clauses: Sequence[Clause], maybe: frozenset[str]) -> Iterator[list[Clause]]:
        """Yield the clauses with left and right exchanged in one of them, where that makes it false."""
        for k, clause in enumerate(clauses):
            across = mirror_key(clause.code)
            if across != clause.code and across in self._by_key and across not in maybe:
                act, part, pred = map(mirror_text, (clause.act, clause.part, clause.pred))
                yield [*clauses[:k], Clause(act, part, pred, across), *clauses[k + 1 :]]

    def _remarks(self, named: Sequence[Fragment], true: Sequence[str], count: int) -> list[Clause]:
        """Return up to ``count`` clauses about parts of the body, from names and codes that hold."""
        rng = self.rng
        clauses: list[Clause] = []
        used: set[str] = set()
        if count and named and rng.random() < 0.4:
            clause = self._clause(rng.choice(named), true, used)
            clauses += [] if clause is None else [clause]
        codes = [code for key in true if (code := self._by_key[key]).part and code.preds]
        while codes and len(clauses) < count:
            code = rng.choices(codes, [c.weight**1.5 for c in codes])[0]
            codes.remove(code)
            if code.attribute not in used:
                used.add(code.attribute)
                clauses.append(_say(code, rng, part_only=True))
        return clauses

    def _scene(self) -> str:
        if self.rng.random() >= self.scenes:
            return ""
        return self.rng.choice(tuple(SCENES.values())) + " "

    def _plan(self, named: Sequence[Fragment], true: Sequence[str], coded: bool) -> list[Clause]:
        rng = self.rng
        clauses: list[Clause] = []
        used: set[str] = set()
        family = named[0]
        whole = [self._by_key[key] for key in true if not self._by_key[key].part]
        draw = rng.random()
        if family.acts and draw < 0.62:
            clauses.append(Clause(act=_fill(rng.choice(family.acts), family.side)))
        elif whole and draw < 0.88:
            code = rng.choices(whole, [c.weight for c in whole])[0]
            clauses.append(Clause(act=rng.choice(code.acts), code=code.key))
            used.add(code.attribute)
        pool: list[tuple[float, object]] = [
            (2.4, fragment)
            for fragment in named
            if fragment.parts or (fragment is not family and fragment.acts)
        ]
        for key in true:
            code = self._by_key[key]
            if code.attribute not in used and (code.preds or code.acts):
                pool.append((code.weight**1.5, code))
        wanted = rng.choices((0, 1, 2, 3, 4, 5), (0.22, 0.27, 0.23, 0.16, 0.08, 0.04))[0]
        if not clauses:
            wanted = max(wanted, 2)
        if coded:
            wanted = max(wanted, 1)
        # Weighted sampling without replacement: the largest of u^(1/weight).
        order = sorted(pool, key=lambda item: -(rng.random() ** (1 / max(item[0], 1e-3))))
        for _, item in order:
            if wanted <= 0:
                break
            if item is family and len(clauses) == 1 and not clauses[0].code and rng.random() < 0.5:
                continue  # its name is said already
            clause = self._clause(item, true, used)
            if clause is not None and not any(clause == c for c in clauses):
                clauses.append(clause)
                wanted -= 1
        if not clauses:
            clauses.append(Clause(act="in some pose"))
        return clauses

    def _clause(self, item: object, true: Sequence[str], used: set[str]) -> Clause | None:
        rng = self.rng
        if isinstance(item, Fragment):
            if item.parts and (not item.acts or rng.random() < 0.7):
                part, pred = rng.choice(item.parts)
                return Clause(part=_fill(part, item.side), pred=_fill(pred, item.side))
            return Clause(act=_fill(rng.choice(item.acts), item.side)) if item.acts else None
        assert isinstance(item, Code)
        if item.attribute in used:
            return None
        used.add(item.attribute)
        other = mirror_key(item.key)
        if other != item.key and other in true and item.key.startswith(_SIDE_WORDS) and rng.random() < 0.8:
            used.add(mirror_key(item.attribute))
            return _merge(item, rng)
        return _say(item, rng)

    def _spoil(self, clauses: Sequence[Clause], maybe: frozenset[str]) -> list[Clause] | None:
        """Return the clauses with one of them made false, or None where that is not possible."""
        rng = self.rng
        places = [k for k, c in enumerate(clauses) if c.code]
        rng.shuffle(places)
        for k in places:
            clause = clauses[k]
            code = self._by_key[clause.code]
            rivals = [c for c in self._rivals[code.attribute] if c.key not in maybe]
            across = self._by_key.get(mirror_key(code.key))
            if across is not None and across.key not in maybe and rng.random() < 0.35:
                rivals = [across]
            if not rivals:
                continue
            rival = rng.choice(rivals)
            if clause.act:
                if not rival.acts:
                    continue
                new = Clause(act=rng.choice(rival.acts), code=rival.key)
            elif (
                clause.part.endswith(("s", "feet")) and not code.part.endswith(("s", "feet")) and rival.preds
            ):
                new = _merge(rival, rng)
            elif rival.preds:
                new = _say(rival, rng, part_only=True)
            else:
                continue
            out = list(clauses)
            out[k] = new
            return out
        false = [c for c in self.table if c.key not in maybe and c.preds and c.weight >= 1.0]
        if not false:
            return None
        return [*clauses, _say(rng.choice(false), rng, part_only=True)]


def _say(code: Code, rng: random.Random, part_only: bool = False) -> Clause:
    if code.acts and not part_only and (not code.preds or rng.random() < 0.35):
        return Clause(act=rng.choice(code.acts), code=code.key)
    return Clause(part=code.part, pred=rng.choice(code.preds), code=code.key)


def _merge(code: Code, rng: random.Random) -> Clause:
    """Say of both sides what holds for each."""
    limb = code.part.partition(" ")[2]
    preds = [p for p in code.preds if "left" not in p and not re.search(r"\bright\b(?! angle)", p)] or [
        "in the same position"
    ]
    pair = _PAIR.get(limb, limb + "s")
    part = f"both {pair}" if rng.random() < 0.5 else pair
    return Clause(part=part, pred=_pluralise(rng.choice(preds)), code=code.key)
