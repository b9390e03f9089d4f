"""The example programs of the language, by number, and a few more that are laid out oddly."""

from __future__ import annotations

EXAMPLES = {
    "01 one-liner": """\
stream S-net | spectrogram | DiET | GrASP | locate
""",
    "02 source": """\
source S-net: Waves {
  archive  = "archive/{year}/{doy}/*.mseed"
  stations = "snet.xml"
  time     = 2016-08-15..2016-09-15          # half-open
}
""",
    "03 units": """\
let band = 2..8Hz
let lag  = 90min - 30s
stream S-net time=2016-08-15T02:00Z..2016-08-15T03:00Z | bandpass band corners=4 | trim before=(lag / 2)
""",
    "04 graph": """\
let picks  = stream S-net | detrend | bandpass 2..8Hz | phasenet threshold=0.3
let events = picks | associate | locate
picks  | save "picks.csv"
events | where magnitude >= 2.5 and depth < 30km | save "catalog.quakeml"
""",
    "05 definition": """\
## Tremor bursts from the energy envelope.
def bursts(band: Range<Frequency> = 2..8Hz, shortest: Time = 30s): Waves -> Table =
  bandpass band | envelope smooth=5s | trigger on=3 | where duration > shortest
stream S-net | bursts shortest=60s
""",
    "06 side by side": """\
let wave = stream S-net time=2016-08-20..2016-08-21
compare within=60s {
  learned = wave | spectrogram | DiET | GrASP | locate
  classic = wave | envelope | envelope-correlation | locate
}
""",
    "07 training": """\
let data  = simulate S-net hours=24 seed=7
  | examples window=164s classes=[noise, earthquake, tremor]      # Examples<Waves>
  | spectrogram                                                     # Examples<Spectrogram>, by lifting
  | split by=time train=70% valid=15% test=15%
let model = data.train | train DiET epochs=30 valid=data.valid      # Model<Spectrogram, Scores>
model | save "snet-diet.safetensors"
let quality = data.test | model | score
assert quality.accuracy > 0.97, "worse than the published model"
""",
    "08 sweep": """\
sweep tau in [0.5, 1.0, 1.5] => (wave | spectrogram | DiET | GrASP prominence=tau | score truth=catalog)
""",
    "09 parameters": """\
param day: Date = 2016-08-15
stream S-net time=day | spectrogram | DiET | GrASP | locate | report "out/{day}.html" template="tremor"
""",
    "10 libraries": """\
use "lib/tohoku.seis" as tohoku
use stdlib.picking as pick
""",
    "11 hole": """\
stream S-net | ? | GrASP
""",
}

ODD = """\
# A file of oddities.

source "DONET-2": Waves { archive = "a # b | c", rate = 100Hz }
param threshold = 0.3
param day: Date
def twice(a, b: Number = -2,): -> Number = (a + b)^2 * (- 3) / a^-2   # signs
def plain() = detrend
let empty = f [] {} ?
let x = not (a in [1, 2] or b ~ "S.*") and not not c == true
  # before a stage
  | derive { gap = a - b, rate = 10km/s / 2 }
| where x
      | sweep i in 1..3, j in [ # first
          a.b, -5.5e-3m/s^2 ] => f i j=j
assert x, # why
  "it \\"failed\\""
"""

CORPUS = [*EXAMPLES.values(), ODD]
