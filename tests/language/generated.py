"""Programs put together from the operators, by the types of what flows: sound by construction."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

STAGES = {
    "Waves": [
        ("detrend", "Waves"), ("detrend kind=constant", "Waves"), ("bandpass 2..8Hz", "Waves"),
        ("bandpass 500..4000mHz corners=2 phase=zero", "Waves"), ("lowpass 10Hz", "Waves"),
        ("highpass above=1Hz", "Waves"), ("taper 10% shape=cosine", "Waves"), ("trim before=1500ms", "Waves"),
        ("trim after=2s before=1s", "Waves"), ("envelope smooth=2s", "Waves"), ("resample 50Hz", "Waves"),
        ("sta-lta on=4", "Picks"), ("sta-lta method=recursive short=0.5s", "Picks"), ("ar-aic", "Picks"),
        ("trigger on=3 scale=median", "Detections"), ("phasenet threshold=40%", "Picks"),
        ("spectrogram window=2s", "Spectrogram"), ('save "waves.mseed"', "Waves"), ("show", "Waves"),
    ],
    "Spectrogram": [("DiET", "Scores"), ("show", "Spectrogram")],
    "Scores": [("GrASP prominence=0.5", "Groups")],
    "Groups": [("locate depth=10km", "Catalog")],
    "Catalog": [
        ("locate", "Catalog"), ("where magnitude >= 2.5 and depth < 30km", "Catalog"),
        ('where time in 2016-08-15..2016-08-16 or kind ~ "^t"', "Catalog"), ("sort depth", "Catalog"),
        ("derive { shallow = depth < 10km, moment = 10^(1.5 * magnitude) }", "Catalog"), ("head 3", "Catalog"),
        ("where not (quality < 50%)", "Catalog"), ("table columns=[time, depth]", "Table"), ("count", "Integer"),
    ],
    "Picks": [
        ("associate", "Catalog"), ("where score > 4", "Picks"), ("where phase in [\"P\", \"S\"]", "Picks"),
        ("derive { late = time + 2 * uncertainty, size = -(log10 amplitude) }", "Picks"), ("head 3", "Picks"),
        ("sort by=score order=down", "Picks"), ('save "picks.csv"', "Picks"), ("count", "Integer"),
        ("where hour time < 6 and not missing uncertainty", "Picks"), ("head", "Picks"),
    ],
    "Detections": [
        ("where duration > 30s", "Detections"), ("derive { middle = time + duration / 2 }", "Detections"),
        ("where duration in 1..30s", "Detections"), ("sort by=peak", "Detections"), ("count", "Integer"),
    ],
    "Table": [("head 2", "Table"), ("sort by=time", "Table"), ("count", "Integer")],
    "Integer": [],
}  # fmt: skip
SOURCES = [
    "stream S-net", "stream DONET time=2016-08-15T00:00Z..2016-08-15T00:05Z", 'stream "DONET-1"',
    "simulate two-events", "simulate S-net seed=3 duration=1min rate=50Hz", "simulate two-events earthquakes=0",
]  # fmt: skip
OPERATIONS = ["{0} + {1}", "{0} * 2 - {1}", "-{0}", "{0} / ({1} + 1)", "{0}^2", "({0} - 1) * {1}"]
CLAIMS = ["{0} >= 0", "{0} != {1} or {0} in 0..1e6", 'not ({0} < -1), "too \\"few\\""', "{0} in [1, 2, 3]"]


@st.composite
def programs(draw: Any) -> str:
    lines: list[str] = []
    named: dict[str, str] = {}

    def stages(of: str, longest: int = 3) -> tuple[str, str]:
        text = ""
        for _ in range(draw(st.integers(0, longest))):
            if not STAGES[of]:
                break
            stage, of = draw(st.sampled_from(STAGES[of]))
            text += f" | {stage}"
        return text, of

    def pipeline() -> tuple[str, str]:
        flowing = [name for name, of in named.items() if of != "Integer"]
        start = draw(st.sampled_from([*SOURCES, *flowing]))
        more, of = stages(named.get(start, "Waves"))
        return start + more, of

    def expression(forms: list[str], numbers: list[str]) -> str:
        return draw(st.sampled_from(forms)).format(*(draw(st.sampled_from(numbers)) for _ in range(2)))

    for number in range(draw(st.integers(1, 6))):
        numbers = [name for name, of in named.items() if of == "Integer"]
        kind = draw(
            st.sampled_from(["let", "let", "let", "bare", "fork", "compare", "sweep", "sum", "claim"])
        )
        name = f"{draw(st.sampled_from(['a', 'both-', 'x_']))}{chr(98 + number)}"
        if kind in ("sum", "claim") and not numbers:
            kind = "let"
        if kind == "let":
            text, of = pipeline()
            lines.append(f"let {name} = {text}")
            named[name] = of
        elif kind == "bare":
            lines.append(pipeline()[0])
        elif kind == "fork":
            branches = [stages("Waves", 2)[0].removeprefix(" | ") or "detrend" for _ in range(2)]
            lines.append(f"let {name} = stream S-net | fork {{ one = {branches[0]}, two = {branches[1]} }}")
            lines.append(f"{name}.one | show")
        elif kind == "compare":
            lines.append(
                f"let {name} = simulate two-events | compare within=500ms {{ p = sta-lta, q = phasenet | head 4 }}"
            )
        elif kind == "sweep":
            lines.append(
                "sweep on in [3, 4.5], by in [1s, 2s] => (stream S-net | sta-lta on=on short=by | count)"
            )
        elif kind == "sum":
            lines.append(f"let {name} = {expression(OPERATIONS, numbers)}")
            named[name] = "Integer"
        else:
            lines.append(f"assert {expression(CLAIMS, numbers)}")
    return "\n".join(lines) + "\n"
