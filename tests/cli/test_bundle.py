#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bundles: what is in them, how they are written, what is read of them and what is refused."""

import gzip
import hashlib
import io
import json
import os
import random
import re
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from program import ALONE, CLEAN, IPTMODE, UNDECIDED, USAGE, needs_root, run, validated

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]


def bundle(*arguments, **options):
    return run("bundle", *arguments, before=[*ALONE, *options.pop("before", [])], **options)


def members(path):
    """Path below the bundle's directory to content."""
    with tarfile.open(path, "r:gz") as archive:
        return {info.name.split("/", 1)[1]: archive.extractfile(info).read() for info in archive}


def without_time(text):
    return re.sub(r'"generatedAt": "[^"]*"', '"generatedAt"', text)


@pytest.fixture(scope="module", name="made")
def a_bundle(tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "b.tar.gz"
    done = bundle("--output-file", str(path))
    assert (done.returncode, done.stderr, done.stdout) == (CLEAN, "", f"{path}\n")
    return path


@needs_root
def test_the_manifest_tells_of_every_file(made):
    files = members(made)
    manifest = validated(files.pop("manifest.json").decode(), "bundle-manifest")
    assert [item["path"] for item in manifest["items"]] == sorted(files)
    for item in manifest["items"]:
        content = files[item["path"]]
        assert item["bytes"] == len(content)
        assert item["sha256"] == hashlib.sha256(content).hexdigest()
    assert {"report.txt", "report.json", "report.html", "snapshot.json", "rules/legacy-ipv4.save",
            "rules/nft.txt", "places/host.txt", "kernel/sysctls.txt"} <= set(files)
    assert all(missing["reason"] for missing in manifest["missing"])


@needs_root
def test_is_nobody_elses(made, tmp_path):
    assert made.stat().st_mode & 0o7777 == 0o600
    with tarfile.open(made) as archive:
        for info in archive:
            assert (info.mode, info.uid, info.gid, info.isreg()) == (0o600, 0, 0, True)
    done = bundle("--output-dir", str(tmp_path / "d"))
    assert (done.returncode, done.stderr) == (CLEAN, "")
    for path in [tmp_path / "d", *(tmp_path / "d").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert os.listdir(tmp_path) == ["d"]


@needs_root
def test_has_a_name_of_its_own_where_none_is_given(tmp_path):
    done = bundle(cwd=tmp_path)
    assert re.fullmatch(r"iptmode-[\w.-]+-\d{8}T\d{6}Z\.tar\.gz\n", done.stdout)
    assert os.listdir(tmp_path) == [done.stdout.strip()]
    assert bundle("-q", cwd=tmp_path).stdout == ""


@needs_root
def test_goes_to_standard_output(tmp_path):
    with open(tmp_path / "b", "wb") as file:
        done = bundle("--output-file", "-", stdout=file)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert "snapshot.json" in members(tmp_path / "b")


@needs_root
def test_gives_the_report_that_is_in_it(made, tmp_path):
    files = members(made)
    directory = tmp_path / "d"
    directory.mkdir()
    (directory / "snapshot.json").write_bytes(files["snapshot.json"])
    for path in [str(made), str(directory)]:
        diagnosed = run("diagnose", "-o", "json", path)
        assert (diagnosed.returncode, diagnosed.stderr) == (CLEAN, "")
        assert diagnosed.stdout == files["report.json"].decode()
        assert run("diagnose", "-o", "html", path).stdout == files["report.html"].decode()
    audited = run("-o", "json", before=ALONE).stdout
    assert without_time(audited) == without_time(files["report.json"].decode())
    piped = subprocess.run(f"{IPTMODE} diagnose -o json - <{made}", shell=True, check=False,
                           capture_output=True, text=True)
    assert piped.stdout == files["report.json"].decode()


@needs_root
def test_several_are_a_fleet(made):
    fleet = validated(run("diagnose", "-o", "json", str(made), str(made)).stdout, "fleet")
    assert len(fleet["nodes"]) == 2


@needs_root
def test_works_without_privilege_and_says_what_is_missing(tmp_path):
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    copy = tmp_path / "iptmode"
    copy.write_bytes(Path(IPTMODE).read_bytes())
    copy.chmod(0o755)
    done = subprocess.run([*ALONE, *AS_NOBODY, copy, "bundle", "--output-file", tmp_path / "b.tar.gz"],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (UNDECIDED, "")
    files = members(tmp_path / "b.tar.gz")
    missing = json.loads(files["manifest.json"])["missing"]
    assert "rules/nft.txt" in [item["path"] for item in missing]
    assert json.loads(files["report.json"])["verdict"] == "unknown"


@needs_root
def test_replaces_no_directory_with_something_in_it(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "mine").write_text("x")
    done = bundle("--output-dir", str(tmp_path / "d"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (UNDECIDED, "", 1)
    assert f"--output-dir {tmp_path / 'd'}: the directory is not empty" in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["d", "mine"]


@pytest.mark.parametrize("place, said", [("full", "not empty"), ("file", "no directory"), ("a/b", "to make it in")])
def test_says_before_the_work_that_a_directory_cannot_be_made(tmp_path, place, said):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    (tmp_path / "file").write_text("x")
    # Without a /proc the work would fail first.
    done = run("--proc-root", str(tmp_path / "none"), "bundle", "--output-dir", str(tmp_path / place))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (UNDECIDED, "", 1)
    assert said in done.stderr and "proc" not in done.stderr


@needs_root
def test_writes_to_nothing_but_a_file():
    done = bundle("--output-file", "/dev/null")
    assert (done.returncode, done.stderr.count("\n")) == (UNDECIDED, 1)
    assert "not a regular file" in done.stderr


@pytest.mark.parametrize("arguments, said", [
    (["bundle", "--redact", "mac"], "none of: ip host"),
    (["bundle", "--output-file", "x", "--output-dir", "y"], "exclude each other"),
    (["audit", "--redact", "ip"], "audit does not redact"),
    (["diagnose", "--redact", "ip", "x"], "diagnose does not redact"),
    (["bundle", "-o", "json"], "no JSON form"),
])
def test_wrong_usage(arguments, said):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "") and said in done.stderr


@needs_root
def test_a_redacted_snapshot_names_no_host():
    plain = json.loads(run("snapshot", before=ALONE).stdout)["node"]["hostname"]
    redacted = run("snapshot", "--redact", "host,ip", before=ALONE)
    assert redacted.returncode == CLEAN
    assert json.loads(redacted.stdout)["node"]["hostname"].startswith("host-")
    assert plain and plain not in redacted.stdout


def archive_of(path, entries, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return str(path)


def entry(name, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def hostile_archives(tmp_path, whole):
    """Path, and what is said about it."""
    link = entry("b/snapshot.json", tarfile.SYMTYPE, "/etc/passwd")
    yield archive_of(tmp_path / "link", [(link, b"")]), "no snapshot.json"
    hard = entry("b/snapshot.json", tarfile.LNKTYPE, "/etc/passwd")
    yield archive_of(tmp_path / "hard", [(hard, b"")]), "no snapshot.json"
    yield archive_of(tmp_path / "device", [(entry("b/snapshot.json", tarfile.CHRTYPE), b"")]), "no snapshot"
    outside = [(entry("../../escaped"), b"x"), (entry("/escaped"), b"x")]
    yield archive_of(tmp_path / "outside", outside), "no snapshot.json"
    yield archive_of(tmp_path / "garbage", [(entry("b/snapshot.json"), b"hello\n")]), "no JSON"
    large = [(entry("b/snapshot.json"), b" " * (9 << 20))]
    yield archive_of(tmp_path / "large", large), "too large"
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    yield str(tmp_path / "cut"), "cut off"
    (tmp_path / "noise").write_bytes(b"\x1f\x8b" + random.Random(1).randbytes(5000))
    yield str(tmp_path / "noise"), "damaged"
    bomb = entry("b/zeros")
    bomb.size = 8 << 30
    with gzip.open(tmp_path / "bomb", "wb", compresslevel=1) as file:
        file.write(bomb.tobuf())
        for _ in range(64):
            file.write(bytes(1 << 20))
    yield str(tmp_path / "bomb"), "more is in it"
    many = [(entry(f"b/{number}"), b"") for number in range(5000)]
    yield archive_of(tmp_path / "many", many), "more is in it"


@needs_root
def test_a_hostile_archive_is_one_line_and_writes_nothing(made, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    for path, said in hostile_archives(tmp_path, made.read_bytes()):
        start = time.monotonic()
        done = run("diagnose", path, cwd=work)
        assert (done.returncode, done.stdout) == (UNDECIDED, ""), path
        assert done.stderr.count("\n") == 1 and said in done.stderr, (path, done.stderr)
        assert time.monotonic() - start < 20, path
    assert os.listdir(work) == [] and not (tmp_path / "escaped").exists()


@needs_root
def test_a_link_in_a_directory_is_not_followed(tmp_path):
    (tmp_path / "snapshot.json").symlink_to("/etc/passwd")
    done = run("diagnose", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (UNDECIDED, 1)


@needs_root
def test_killed_at_any_moment_it_leaves_the_old_file_or_a_whole_new_one(tmp_path):
    target = tmp_path / "b.tar.gz"
    chance = random.Random(7)
    begin = time.monotonic()
    assert bundle("--output-file", str(target)).returncode == CLEAN
    whole = time.monotonic() - begin
    killed = 0
    for _ in range(30):
        before = target.read_bytes()
        child = subprocess.Popen([*ALONE, "--kill-child", IPTMODE, "bundle", "--output-file", target],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.5 + chance.random() / 2))
        child.kill()
        killed += child.wait() == -9
        time.sleep(0.02)
        if target.read_bytes() != before:
            assert "manifest.json" in members(target)
        for left in set(os.listdir(tmp_path)) - {target.name}:
            assert "manifest.json" in members(tmp_path / left), "a part of a bundle"
    assert killed > 5


def chromium():
    for program in ("/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if os.access(program, os.X_OK):
            return program
    return None


@needs_root
@pytest.mark.skipif(chromium() is None, reason="needs chromium")
def test_a_browser_shows_the_page_and_runs_nothing(made, tmp_path):
    page = members(made)["report.html"].decode()
    # Were scripts allowed, the title would change.
    probe = page.replace("</main>", "<script>document.title = 'ran'</script></main>")
    (tmp_path / "report.html").write_text(probe)
    done = subprocess.run(
        [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={tmp_path}/profile", "--window-size=1000,800",
         f"--screenshot={tmp_path}/page.png", "--dump-dom", f"file://{tmp_path}/report.html"],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "<title>ran</title>" not in done.stdout
    assert '<h2 id="findings">' in done.stdout
    assert (tmp_path / "page.png").stat().st_size > 10000


