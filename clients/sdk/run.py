"""Generate clients from the document of a running service, compile them, and run them against it.

`make sdk URL=http://localhost:8000`; everything is written to `.sdk/`. No document and no generated
file is patched; all options that are used are in this file. A client without a compiler on this
machine is only generated, and the table says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = Path(".sdk").resolve()
BIN = WORK / "venv" / "bin"
SMOKE = HERE / "smoke"
FULL, JSON_ONLY = "openapi.json", "openapi.sdk.json"
Row = dict[str, str]
# From Debian's `libgeronimo-annotation-1.3-spec-java`: the one class that Java's client lacks.
ANNOTATIONS = Path("/usr/share/java/geronimo-annotation-1.3-spec.jar")
# What Kotlin's client lacks: OkHttp, which is in Maven's folder once something has needed it, and
# Debian's `libgoogle-gson-java`.
SQUARE = Path.home() / ".m2/repository/com/squareup"
KOTLIN = (
    SQUARE / "okhttp3/okhttp/4.12.0/okhttp-4.12.0.jar",
    SQUARE / "okio/okio-jvm/3.6.0/okio-jvm-3.6.0.jar",
    Path("/usr/share/java/gson.jar"),
)


class FailedError(Exception):
    """A command failed; the message has the end of what it printed."""


def call(*command: object, cwd: Path = WORK, **environment: str) -> str:
    done = subprocess.run(
        [str(one) for one in command],
        cwd=cwd,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    text = done.stdout + done.stderr
    if done.returncode:
        message = f"{command[0]}: {text[-1500:]}"
        raise FailedError(message)
    return text


def prepare(url: str) -> float:
    """Install the generators, fetch the documents; return the largest figure that clients read."""
    WORK.mkdir(exist_ok=True)
    if not BIN.exists():
        venv.create(WORK / "venv", with_pip=True)
        call("pip", "install", "--quiet", "-r", HERE / "requirements.txt")
    shutil.copy(HERE / "package.json", WORK)
    if shutil.which("npm") and not (WORK / "node_modules").exists():
        call("npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
    for name in (FULL, JSON_ONLY):
        with urllib.request.urlopen(f"{url}/{name}") as answer:
            (WORK / name).write_bytes(answer.read())
    with urllib.request.urlopen(f"{url}/v1/indicators?company=meta&limit=200") as answer:
        listed = json.load(answer)["data"]
    return max(one["high"] or 0 for one in listed)


def generate(generator: str, document: str, *options: str) -> tuple[Path, str]:
    """Let openapi-generator make a client; return its folder and the number of warnings."""
    folder = WORK / f"{generator}-client"
    shutil.rmtree(folder, ignore_errors=True)
    told = call(
        "openapi-generator-cli", "generate", "-i", document, "-g", generator, "-o", folder, *options
    )
    warnings = [one for one in told.splitlines() if "WARN" in one and "3.1 support" not in one]
    return folder, str(len(warnings))


def python_client(url: str, _: str) -> Row:
    folder = WORK / "opc"
    shutil.rmtree(folder, ignore_errors=True)
    told = call("openapi-python-client", "generate", "--path", FULL, "--output-path", folder)
    call(BIN / "python", SMOKE / "openapi_python_client.py", url, PYTHONPATH=str(folder))
    return {"warnings": str(told.count("WARNING")), "compiles": "–", "runs": "yes"}


def python(url: str, _: str) -> Row:
    folder, warnings = generate("python", FULL)
    call(BIN / "python", SMOKE / "python.py", url, PYTHONPATH=str(folder))
    return {"warnings": warnings, "compiles": "–", "runs": "yes"}


def java(url: str, largest: str) -> Row:
    options = "openApiNullable=false,useSingleRequestParameter=true"
    folder, warnings = generate(
        "java", JSON_ONLY, "--library", "native", "--additional-properties", options
    )
    if not shutil.which("javac") or not ANNOTATIONS.exists():
        return {"warnings": warnings, "compiles": "no compiler here", "runs": ""}
    # The generator's own jar includes the libraries that its client needs.
    (jar,) = WORK.glob("venv/lib/*/site-packages/openapi_generator_cli/*.jar")
    classes = folder / "classes"
    classes.mkdir()
    path = f"{jar}:{ANNOTATIONS}:{classes}"
    sources = sorted(folder.glob("src/main/**/*.java"))
    call("javac", "-nowarn", "-cp", path, "-d", classes, *sources, SMOKE / "Smoke.java")
    call("java", "-cp", path, "Smoke", url, largest)
    return {"warnings": warnings, "compiles": "yes", "runs": "yes"}


def go(url: str, largest: str) -> Row:
    folder, warnings = generate("go", JSON_ONLY)
    if not shutil.which("go"):
        return {"warnings": warnings, "compiles": "no compiler here", "runs": ""}
    # Its tests need a third-party library.
    shutil.rmtree(folder / "test")
    (folder / "smoke").mkdir()
    shutil.copy(SMOKE / "main.go", folder / "smoke")
    offline = {"GOFLAGS": "-mod=mod", "GOPROXY": "off"}
    call("go", "vet", "./...", cwd=folder, **offline)
    call("go", "run", "./smoke", url, largest, cwd=folder, **offline)
    return {"warnings": warnings, "compiles": "yes", "runs": "yes"}


def kotlin(url: str, largest: str) -> Row:
    folder, warnings = generate(
        "kotlin", JSON_ONLY, "--additional-properties", "serializationLibrary=gson"
    )
    package = WORK / "node_modules" / "kotlin-compiler"
    if not (package.exists() and shutil.which("java")):
        return {"warnings": warnings, "compiles": "no compiler here", "runs": ""}
    if not all(jar.exists() for jar in KOTLIN):
        return {"warnings": warnings, "compiles": "no OkHttp or Gson here", "runs": ""}
    path = ":".join(map(str, KOTLIN))
    classes = folder / "classes"
    # With its default of 256 MB, the compiler comes to a standstill on 190 files.
    call(
        "bash", package / "bin" / "kotlinc", "-nowarn", "-no-reflect", "-cp", path, "-d", classes,
        folder / "src" / "main", SMOKE / "Smoke.kt", JAVA_OPTS="-Xmx3G",
    )  # fmt: skip
    run = f"{path}:{classes}:{package / 'lib' / 'kotlin-stdlib.jar'}"
    call("java", "-cp", run, "SmokeKt", url, largest)
    return {"warnings": warnings, "compiles": "yes", "runs": "yes"}


def php(url: str, largest: str) -> Row:
    folder, warnings = generate("php", JSON_ONLY)
    if not Path("/usr/share/php/GuzzleHttp/autoload.php").exists():
        return {"warnings": warnings, "compiles": "no Guzzle here", "runs": ""}
    call("php", SMOKE / "smoke.php", folder, url, largest)
    return {"warnings": warnings, "compiles": "–", "runs": "yes"}


def ruby(url: str, largest: str) -> Row:
    folder, warnings = generate("ruby", JSON_ONLY)
    if not shutil.which("ruby"):
        return {"warnings": warnings, "compiles": "no Ruby here", "runs": ""}
    call("ruby", f"-I{folder}/lib", SMOKE / "smoke.rb", url, largest)
    return {"warnings": warnings, "compiles": "–", "runs": "yes, with `params_encoding = :multi`"}


def r(url: str, _: str) -> Row:
    folder, warnings = generate("r", JSON_ONLY)
    needed = "for (one in c('httr', 'jsonlite', 'R6', 'stringr', 'base64enc')) loadNamespace(one)"
    try:
        call("Rscript", "-e", needed)
    except (FailedError, FileNotFoundError):
        return {"warnings": warnings, "compiles": "no R with httr here", "runs": ""}
    library = WORK / "r-library"
    library.mkdir(exist_ok=True)
    # R needs over ten minutes to compile functions of forty parameters, but reads them at once.
    plain = ("--no-docs", "--no-byte-compile", "--no-test-load", "-l", library)
    call("R", "CMD", "INSTALL", *plain, folder)
    call("Rscript", SMOKE / "smoke.R", url, R_LIBS=str(library), R_ENABLE_JIT="0")
    runs = "in part: not lists of waves, not last pages"
    return {"warnings": warnings, "compiles": "–", "runs": runs}


def only_generated(generator: str) -> Callable[[str, str], Row]:
    def row(_: str, __: str) -> Row:
        _, warnings = generate(generator, JSON_ONLY)
        return {"warnings": warnings, "compiles": "not tried", "runs": "–"}

    return row


def typescript(name: str, *commands: tuple[object, ...]) -> Callable[[str, str], Row]:
    def row(url: str, _: str) -> Row:
        if not shutil.which("npm"):
            return {"warnings": "", "compiles": "no Node here", "runs": ""}
        folder = WORK / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for one in (SMOKE / "check.ts", SMOKE / f"{name}.ts", HERE / "tsconfig.json"):
            shutil.copy(one, folder)
        shutil.copy(WORK / JSON_ONLY, folder / "document.json")
        tools = WORK / "node_modules" / ".bin"
        told = ""
        for tool, *arguments in commands:
            path = tools / str(tool)
            told += call(path if path.exists() else tool, *arguments, cwd=folder)
        call(tools / "tsc", "-p", folder)
        call(tools / "tsx", folder / f"{name}.ts", url)
        warnings = [one for one in told.splitlines() if "WARN" in one and "3.1 support" not in one]
        return {"warnings": str(len(warnings)), "compiles": "yes, strict", "runs": "yes"}

    return row


_FETCH = ("generate", "-i", "document.json", "-g", "typescript-fetch", "-o", "client")
GENERATORS: dict[str, tuple[str, Callable[[str, str], Row]]] = {
    "openapi-python-client 0.29": (FULL, python_client),
    "openapi-generator 7.26 python": (FULL, python),
    "openapi-generator 7.26 java (native)": (JSON_ONLY, java),
    "openapi-generator 7.26 go": (JSON_ONLY, go),
    "openapi-generator 7.26 php": (JSON_ONLY, php),
    "openapi-generator 7.26 ruby": (JSON_ONLY, ruby),
    "openapi-generator 7.26 typescript-fetch": (
        JSON_ONLY,
        typescript("typescript_fetch", ("openapi-generator-cli", *_FETCH)),
    ),
    "openapi-typescript 7.13 + openapi-fetch 0.17": (
        JSON_ONLY,
        typescript("openapi_fetch", ("openapi-typescript", "document.json", "-o", "schema.ts")),
    ),
    "hey-api 0.95": (
        JSON_ONLY,
        typescript(
            "hey_api",
            ("openapi-ts", "-i", "document.json", "-o", "hey", "-c", "@hey-api/client-fetch"),
        ),
    ),
    "orval 8.38": (
        JSON_ONLY,
        typescript(
            "orval",
            ("cp", HERE / "orval.config.mjs", "."),
            ("orval", "--config", "orval.config.mjs"),
        ),
    ),
    "swagger-typescript-api 13.13": (
        JSON_ONLY,
        typescript(
            "swagger_typescript_api",
            (
                "swagger-typescript-api",
                "generate",
                "-p",
                "document.json",
                "-o",
                ".",
                "-n",
                "api.ts",
            ),
        ),
    ),
    "openapi-generator 7.26 kotlin (gson)": (JSON_ONLY, kotlin),
    "openapi-generator 7.26 rust": (JSON_ONLY, only_generated("rust")),
    "openapi-generator 7.26 r": (JSON_ONLY, r),
}


def main(url: str, wanted: list[str]) -> int:
    largest = str(int(prepare(url)))
    failed = 0
    print("| generator | document | warnings | compiles | runs |\n| --- | --- | --- | --- | --- |")
    for name, (document, attempt) in GENERATORS.items():
        if wanted and not any(word in name for word in wanted):
            continue
        try:
            row = attempt(url, largest)
        except FailedError as error:
            failed += 1
            print(f"| {name} | `/{document}` | | | no |", flush=True)
            print(error, file=sys.stderr)
        else:
            told = f"{row['warnings']} | {row['compiles']} | {row['runs']}"
            print(f"| {name} | `/{document}` | {told} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/"), sys.argv[2:]))
