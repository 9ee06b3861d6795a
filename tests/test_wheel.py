"""The wheel serves: built, installed in an environment of its own, files and languages inside."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.serving import Caller, free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, whose dependencies are those of these tests."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    environment = place / "environment"
    venv.create(environment)
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python")]
    install = [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    libraries = next((environment / "lib").glob("python*")) / "site-packages" / "dependencies.pth"
    libraries.write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def test_the_installed_command_serves_pages_files_and_languages(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [str(installed / "steepest"), "--port", str(port), "--log-level", "warning"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        call = Caller(base=wait_for(process, port).http)
        assert call.get("/readyz").status_code == 200
        page = call.get("/?lang=zh").text
        assert "梯度下降" in page
        files = [part for part in page.split('"') if part.startswith("/static/")]
        assert files
        assert {call.get(file).status_code for file in files} == {200}
        body = {"problem": {"kind": "surface", "name": "bowl"}, "runs": [{"optimizer": "sgd"}]}
        assert call.post("/api/v1/trajectories", json=body).status_code == 200
        where = [str(installed / "python"), "-c", "import app; print(app.__file__)"]
        found = subprocess.run(where, cwd=tmp_path, env=clean, check=True, capture_output=True, text=True).stdout
        assert found.startswith(str(installed.parent))
    finally:
        process.terminate()
        process.communicate(timeout=20)
