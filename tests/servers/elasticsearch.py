"""A real Elasticsearch for one test session: fetched by its Maven coordinates, started unprivileged, gone with the session.

Run as a program this is the supervisor: it starts the server, tells its address, and ends it when the process that
wanted it has gone, however that came about. Standard library only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = "8.19.21"
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "elasticsearch"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
READY_SECONDS = 180
NOBODY = 65534


class Absent(Exception):
    """This machine has no Elasticsearch for us, and why."""


def archive() -> Path:
    """The official archive of the server's core, kept in a folder that git ignores."""
    path = CACHE / f"elasticsearch-{VERSION}.zip"
    if path.exists():
        return path
    maven = shutil.which("mvn")
    if maven is None:
        raise Absent(
            "no Elasticsearch: install Maven (Debian: apt install maven), it fetches the server once"
        )
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as aside:  # two sessions may fetch at once
        command = [maven, "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={aside}"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        fetched = Path(aside) / path.name
        if said.returncode or not fetched.exists():
            raise Absent(f"no Elasticsearch: Maven could not fetch it ({said.stdout.strip()[-300:]})")
        fetched.replace(path)
    return path


def java_home() -> Path:
    """Where the Java of this machine lives; 17 or later."""
    java = shutil.which("java")
    if java is None:
        raise Absent("no Elasticsearch: install Java 17 or later (Debian: apt install default-jre-headless)")
    said = subprocess.run(
        [java, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=False
    ).stderr
    facts = {name.strip(): value for name, _, value in (line.partition(" = ") for line in said.splitlines())}
    if int(facts.get("java.specification.version", "0").split(".")[0]) < 17:
        raise Absent("no Elasticsearch: its server needs Java 17 or later")
    return Path(facts["java.home"])


class Server:
    """One server of our own in a folder of its own; the port is free, the data are nobody's."""

    def __init__(self, heap: str = "512m") -> None:
        home, zipped = java_home(), archive()
        self.url = ""
        self.folder = Path(tempfile.mkdtemp(prefix="lianqiao-es-"))
        with zipfile.ZipFile(zipped) as packed:
            packed.extractall(self.folder)
        (unpacked,) = self.folder.glob("elasticsearch-*")
        for script in (unpacked / "bin").iterdir():
            script.chmod(0o755)
        for name in ("data", "logs"):
            (self.folder / name).mkdir()
        self._program = unpacked / "bin" / "elasticsearch"
        self._heap = heap
        self._home = home
        if os.geteuid() == 0:
            _give_to_nobody(self.folder)
        self._launch()

    def _launch(self) -> None:
        """On the port that it had before, if it ran before."""
        port = self.url.rpartition(":")[2] or "0"
        command = [
            str(self._program),
            "-Ediscovery.type=single-node", "-Enetwork.host=127.0.0.1", f"-Ehttp.port={port}", "-Etransport.port=0",
            "-Enode.portsfile=true", f"-Epath.data={self.folder / 'data'}", f"-Epath.logs={self.folder / 'logs'}",
            # a full disk of the machine is no business of these tests
            "-Ecluster.routing.allocation.disk.threshold_enabled=false",
            "-Expack.security.enabled=false", "-Eaction.auto_create_index=false",
        ]  # fmt: skip
        if os.geteuid() == 0:
            command = [*_as_nobody(), *command]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ES_", "JAVA_"))},
            "ES_JAVA_HOME": str(self._home),
            "ES_JAVA_OPTS": f"-Xms{self._heap} -Xmx{self._heap}",
            "ES_TMPDIR": str(self.folder / "logs"),
            "HOME": str(self.folder),
        }
        with (self.folder / "said.txt").open("ab") as said:
            self._process = subprocess.Popen(
                command, stdout=said, stderr=subprocess.STDOUT, env=environment, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> None:
        """Until it answers. Raises Absent when it does not."""
        give_up = time.monotonic() + READY_SECONDS
        while time.monotonic() < give_up and self.running():
            if (url := self._told()) and _healthy(url):
                self.url = url
                return
            time.sleep(0.3)
        said = (self.folder / "said.txt").read_text("utf-8", "replace")[-800:]
        self.stop()
        raise Absent(f"no Elasticsearch: it does not start here: {said}")

    def _told(self) -> str | None:
        """The address that the server wrote down once it had one."""
        for path in (self.folder / "logs").rglob("http.ports"):
            for line in path.read_text("utf-8").split():
                if line.startswith("127."):
                    return f"http://{line}"
        return None

    def kill(self) -> None:
        """As a power cut does."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        """With the same data, at the same address. Raises Absent."""
        self.kill()
        for path in (self.folder / "logs").rglob("*.ports"):
            path.unlink()
        self._launch()
        self.wait()

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health?wait_for_status=yellow&timeout=5s") as answer:
            return not json.load(answer)["timed_out"]
    except (OSError, ValueError):
        return False


def _give_to_nobody(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def _as_nobody() -> list[str]:
    """The server refuses to run as root."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Absent(
            "no Elasticsearch: it refuses to run as root, and there is no setpriv to run it as nobody"
        )
    return [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


# ---------------------------------------------------------------- one server for a whole session


def shared(folder: Path, session: int) -> str:
    """The address of the one server of this test session; whoever asks first starts it. `folder` is common to all
    processes of the session, `session` the process that ends last."""
    told = folder / "elasticsearch.json"
    with _alone(folder / "elasticsearch.lock"):
        if not told.exists():
            supervisor = subprocess.Popen(
                [sys.executable, __file__, str(told), str(session)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
            _supervisors.append(
                supervisor
            )  # it outlives this process by design, and nobody is to warn of that
            give_up = time.monotonic() + READY_SECONDS + 300
            while not told.exists():
                if time.monotonic() > give_up:
                    raise Absent("no Elasticsearch: it was neither fetched nor started in time")
                time.sleep(0.1)
    answer = json.loads(told.read_text("utf-8"))
    if "absent" in answer:
        raise Absent(answer["absent"])
    return str(answer["url"])


_supervisors: list[subprocess.Popen[bytes]] = []


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            time.sleep(0.1)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def supervise(told: Path, session: int) -> None:
    def tell(**what: str) -> None:
        aside = told.with_suffix(".new")
        aside.write_text(json.dumps(what), "utf-8")
        aside.replace(told)

    try:
        server = Server()
        server.wait()
    except Absent as reason:
        tell(absent=str(reason))
        return
    except Exception as reason:  # whatever keeps a server from starting, the machine has none for us
        tell(absent=f"no Elasticsearch: {reason!r}")
        return
    tell(url=server.url)
    while server.running() and _alive(session):
        time.sleep(0.5)
    server.stop()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), int(sys.argv[2]))
