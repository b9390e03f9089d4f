"""Bad files: each gives waves or one clear refusal, never a traceback, and none of them runs code."""

from __future__ import annotations

import io
import pickle
import shutil
import tempfile
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import obspy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seisdsl.data.accounts import tidied
from seisdsl.data.parts import matching
from seisdsl.data.records import read_waves
from seisdsl.data.segments import Account
from seisdsl.data.waves import NS, Waves
from seisdsl.language.types import TimeRange
from seisdsl.operator import Unsuitable
from seisdsl.operators.sources.read import Read

SAMPLES = Path(obspy.__file__).parent
GOOD = SAMPLES / "io/mseed/tests/data/BW.BGLD.__.EHE.D.2008.001.first_10_records"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "x.mseed"
    obspy.read().write(str(path), format="MSEED", reclen=512)
    return path


def quietly(*paths, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_waves([str(path) for path in paths], **options)


def test_a_file_is_read_as_obspy_reads_it(file):
    found = read_waves([str(file)])
    for row, trace in enumerate(sorted(obspy.read(), key=lambda t: t.id)):
        assert found.channels[row].id == trace.id
        np.testing.assert_array_equal(found.samples[row], trace.data)


def test_most_sample_files_of_obspy_can_be_read():
    read, refused = 0, 0
    for path in sorted(SAMPLES.glob("io/*/tests/data/*")):
        if path.is_file():
            try:
                quietly(path)
                read += 1
            except Unsuitable:
                refused += 1
    assert read > 140
    assert refused > 100


def test_one_damaged_record_costs_one_record(file):
    content = bytearray(file.read_bytes())
    content[5 * 512 + 64 : 6 * 512] = bytes([0xA5]) * (512 - 64)
    content[5 * 512 + 52] = 99  # an encoding that there is not
    file.write_bytes(content)
    with pytest.warns(UserWarning, match=r"x\.mseed: .*left out: .*damaged"):
        found = read_waves([str(file)])
    whole = waves_of_good()
    kept = found.mask.numpy()
    assert 0.9 < kept.mean() < 1
    np.testing.assert_array_equal(found.samples.numpy()[kept], whole.samples.numpy()[kept])


def waves_of_good():
    from seisdsl.data.obspy_waves import waves_from_obspy

    return waves_from_obspy(obspy.read())


@pytest.mark.parametrize("size", [100, 127, 128, 300, 511, 512, 700, 5000, 30_001])
def test_a_truncated_file_gives_its_whole_records_or_a_refusal(file, size):
    file.write_bytes(file.read_bytes()[:size])
    if size < 512:
        with pytest.raises(Unsuitable, match=r"x\.mseed"):
            quietly(file)
    else:
        assert 0 < quietly(file).mask.sum() <= 9000


def test_bytes_changed_at_random_never_end_in_a_traceback(file):
    content = file.read_bytes()
    random = np.random.default_rng(3)
    outcomes = set()
    for _ in range(40):
        damaged = bytearray(content)
        for place in random.integers(0, len(content), 30):
            damaged[place] = random.integers(256)
        file.write_bytes(damaged)
        try:
            found = quietly(file)
            assert found.samples.isfinite().all()
            assert found.account.balanced
            assert sum(tally.samples for tally in found.account.used) == int(found.mask.sum())
            outcomes.add("read")
        except Unsuitable:
            outcomes.add("refused")
    assert "read" in outcomes


def test_zeros_inside_are_skipped(file):
    content = file.read_bytes()
    file.write_bytes(content[:2048] + bytes(1024) + content[2048:])
    assert quietly(file).mask.all()


def test_a_pickled_stream_does_not_run(tmp_path):
    class Payload:
        def __reduce__(self):
            return (Path(tmp_path / "it-ran").touch, ())

    path = tmp_path / "x.mseed"
    path.write_bytes(pickle.dumps(["obspy.core.stream", Payload()], 2))
    with pytest.raises(Unsuitable, match="pickle"):
        read_waves([str(path)])
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize("name", ["[a] b*c?.mseed", "宮城県沖 2016.mseed", "100%.mseed", "a{year}.mseed"])
def test_a_name_is_taken_as_it_is(tmp_path, file, name):
    path = tmp_path / "データ [1]" / name
    path.parent.mkdir()
    shutil.copy(file, path)
    shutil.copy(GOOD, path.parent / "a b*cd.mseed")
    assert matching(str(path)) == [str(path)]
    assert len(read_waves(matching(str(path))).channels) == 3


def test_stars_stand_for_letters_where_no_file_has_that_name(tmp_path, file):
    folder = tmp_path / "[2016]"
    folder.mkdir()
    shutil.copy(file, folder / "a1.mseed")
    shutil.copy(file, folder / "a2.mseed")
    (folder / ".hidden").write_bytes(b"x")
    both = [str(folder / "a1.mseed"), str(folder / "a2.mseed")]
    assert matching(str(folder / "a*.mseed")) == both
    assert matching(str(folder)) == both
    assert matching(str(folder / "b*")) == []


def test_a_file_given_twice_counts_once(file):
    assert quietly(file, file).mask.all()
    assert quietly(file, file).samples.equal(quietly(file).samples)


def test_a_bad_file_among_good_ones_is_left_out_and_told(tmp_path, file):
    (tmp_path / "empty").touch()
    with pytest.warns(UserWarning, match="left out: .*empty is empty"):
        assert len(read_waves([str(tmp_path / "empty"), str(file)]).channels) == 3


def test_the_time_range_is_half_open(file):
    begin = obspy.read()[0].stats.starttime.ns
    part = read_waves([str(file)], time=TimeRange(begin + 1_000_000_000, begin + 2_000_000_000))
    assert (part.start, part.length) == (begin + 1_000_000_000, 100)
    np.testing.assert_array_equal(part.samples[2], obspy.read()[0].data[100:200])
    with pytest.raises(Unsuitable, match="no record lies in the time range"):
        read_waves([str(file)], time=TimeRange(0, 10**9))


def test_channels_are_chosen_by_code_or_by_id(file):
    for patterns, codes in [(("EHZ",), ["EHZ"]), (("EH[NE]",), ["EHE", "EHN"]), (("BW.RJ*.*.??Z",), ["EHZ"])]:
        assert [c.code for c in read_waves([str(file)], channels=patterns).channels] == codes
    with pytest.raises(Unsuitable, match="no channel fits HHZ") as refusal:
        read_waves([str(file)], channels=("HHZ",))
    assert "BW.RJOB..EHE" in refusal.value.notes[0]


def test_the_time_of_1970_is_read(tmp_path):
    stream = obspy.read()
    for trace in stream:
        trace.stats.starttime = obspy.UTCDateTime(0)
    path = tmp_path / "old.mseed"
    stream.write(str(path), format="MSEED")
    assert read_waves([str(path)]).start == 0


def test_a_sac_file_that_breaks_off_is_refused(tmp_path):
    content = io.BytesIO()
    obspy.read()[:1].write(content, format="SAC")
    path = tmp_path / "a.sac"
    path.write_bytes(content.getvalue()[:700])
    with pytest.raises(Unsuitable, match=r"a\.sac"):
        read_waves([str(path)])


# Parts ----------------------------------------------------------------------------------------------


@st.composite
def archives(draw):
    """Traces of two channels, cut up into files with gaps, overlaps, late clocks and bad samples."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    rate = draw(st.sampled_from([100.0, 100.0, 128.0, 40.0, 33.3]))
    files = []
    for code in ("EHZ", "EHN"):
        after = random.uniform(0, 3)
        for _ in range(draw(st.integers(1, 4))):
            length = int(random.integers(1, 9000))
            numbers = round(after * rate) + np.arange(length)
            data = (3000 * np.sin(numbers * 0.7)).astype(np.int32)
            if random.random() < 0.2:
                data[: length // 2] = 5
            if random.random() < 0.2:
                data = data + int(random.integers(2))
            late = random.choice([0.0, 0.0, 0.003, 0.0049])
            header = {"network": "XX", "station": "AAA", "channel": code, "sampling_rate": rate,
                      "starttime": obspy.UTCDateTime(2016, 8, 14, 23, 59) + numbers[0] / rate + late}  # fmt: skip
            files.append(obspy.Stream([obspy.Trace(data, header)]))
            after += length / rate + random.choice([0.0, 0.0, -3.0, 0.03, 12.0])
    cuts = sorted(random.uniform(0, 3 * 9000 / rate, draw(st.integers(1, 4))))
    return files, cuts


@settings(max_examples=25, deadline=None)
@given(archives())
def test_files_read_in_parts_are_the_files_read_at_once(archive):
    files, cuts = archive
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, stream in enumerate(files):
            stream.write(f"{folder}/{number}.mseed", format="MSEED", reclen=512)
        read = Read(file=folder)
        whole = read.apply()
        span = whole.span
        edges = [span.start, *(span.start + round(cut * NS) for cut in cuts), span.end]
        edges = [edge for edge in edges if edge <= span.end]
        parts = [read.during(TimeRange(a, b)).apply() for a, b in pairwise(edges) if b > a]
    assert whole.account.balanced
    assert sum(tally.samples for tally in whole.account.read) == sum(len(s[0]) for s in files)
    assert sum(tally.samples for tally in whole.account.used) == int(whole.mask.sum())
    joined = Waves.joined([part for part in parts if part.channels])
    first = round((joined.start - whole.start) * whole.rate / NS)
    inside = whole.cut(first, first + joined.length)
    assert int(joined.mask.sum()) == int(whole.mask.sum())
    assert torch.equal(joined.mask, inside.mask)
    assert torch.equal(joined.samples, inside.samples)
    for row in range(len(whole.channels)):
        at = inside.mask[row].nonzero()[:, 0].numpy()
        np.testing.assert_allclose(joined.time_of(at, row) - inside.time_of(at, row), 0, atol=1)  # ns
    assert tidied(sum((part.account for part in parts), start=Account())) == whole.account
