"""Find Delta's two jars, and Spark's own for Avro, in the Ivy folder that Spark itself uses, or fetch them once from Maven Central.

pyspark carries everything else that Delta needs, so nothing transitive is fetched (9.6 MB instead of 86). The folder is
`~/.ivy2.5.2` (`GLUE2LAKEHOUSE_IVY` names another), so jars that `spark.jars.packages` brought before are found too. After
the first time no network is needed.
"""

import functools
import os
import ssl
import subprocess
import warnings
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from glue2lakehouse.errors import RuntimeUnavailable
from glue2lakehouse.tools.spark.java import java_home

DELTA_VERSION = "4.4.0"
ARTIFACTS = ("delta-spark_4.2_2.13", "delta-storage")
AVRO = ("org.apache.spark", "spark-avro_2.13", "4.2.0")
FETCH_SECONDS = 300
AVRO_SECONDS = 30
_SETTINGS = Path(__file__).with_name("ivysettings.xml")
_PATTERN = "[organisation]_[artifact]-[revision].[ext]"


def delta_jars(ivy: Path | None = None) -> tuple[Path, ...]:
    """Return the paths of Delta's jars, fetching what is missing; raises RuntimeUnavailable when they cannot be had."""
    return _had(ivy, tuple(("io.delta", name, DELTA_VERSION) for name in ARTIFACTS), FETCH_SECONDS)


@functools.cache
def avro_jars(ivy: Path | None = None) -> tuple[Path, ...]:
    """Return the jar that lets Spark read and write Avro; empty where it cannot be had, which is asked once a process."""
    try:
        return _had(ivy, (AVRO,), AVRO_SECONDS)
    except RuntimeUnavailable:
        return ()


def _had(ivy: Path | None, artifacts: tuple[tuple[str, str, str], ...], seconds: int) -> tuple[Path, ...]:
    folder = ivy or Path(os.environ.get("GLUE2LAKEHOUSE_IVY") or Path.home() / ".ivy2.5.2")
    jars = tuple(folder / "jars" / f"{owner}_{name}-{version}.jar" for owner, name, version in artifacts)
    if not all(jar.is_file() for jar in jars):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "glue2lakehouse.lock"):
            if not all(jar.is_file() for jar in jars):
                _fetch(folder, artifacts, seconds)
    return jars


def _fetch(folder: Path, artifacts: tuple[tuple[str, str, str], ...], seconds: int) -> None:
    with TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "ivy.xml"
        wanted.write_text(_wanted(artifacts))
        command = [str(java_home() / "bin" / "java"), *_trust(Path(scratch)), f"-Dglue2lakehouse.ivy={folder}"]
        command += ["-jar", str(_ivy_jar()), "-settings", str(_SETTINGS), "-ivy", str(wanted)]
        command += ["-retrieve", str(folder / "jars" / _PATTERN)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RuntimeUnavailable(_cannot(folder, str(error))) from error
    if done.returncode:
        raise RuntimeUnavailable(_cannot(folder, _reason(done.stdout + done.stderr)))


def _wanted(artifacts: tuple[tuple[str, str, str], ...]) -> str:
    lines = [
        f'<dependency org="{owner}" name="{name}" rev="{version}" transitive="false"/>'
        for owner, name, version in artifacts
    ]
    return f"""<ivy-module version="2.0"><info organisation="glue2lakehouse" module="delta"/>
<configurations defaultconfmapping="default->default"><conf name="default"/></configurations>
<dependencies>{"".join(lines)}</dependencies></ivy-module>"""


def _trust(scratch: Path) -> list[str]:
    """Let the JVM trust the certificates that Python trusts: a bundled Java knows no company proxy's authority."""
    if find_spec("cryptography") is None:
        return []
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old authorities with odd serial numbers
        trusted = [PKCS12Certificate(x509.load_der_x509_certificate(der), None) for der in known]
    if not trusted:
        return []
    store = scratch / "trust.p12"
    store.write_bytes(serialize_java_truststore(trusted, BestAvailableEncryption(b"changeit")))
    return [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit"]


def _ivy_jar() -> Path:
    spec = find_spec("pyspark")
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        for jar in Path(folder, "jars").glob("ivy-*.jar"):
            return jar
    raise RuntimeUnavailable(
        "Delta's jars are fetched with the Ivy that pyspark carries, and pyspark has no jars here; "
        "install the `spark` extra without databricks-connect"
    )


def _reason(said: str) -> str:
    for line in said.splitlines():
        if "Server access error" in line or "UnknownHost" in line or "Exception" in line:
            return line.strip()
    return next((line.strip() for line in said.splitlines() if "not found" in line), "Ivy gave no reason")


def _cannot(folder: Path, reason: str) -> str:
    return (
        f"Delta's jars ({', '.join(ARTIFACTS)} {DELTA_VERSION}) cannot be had from Maven Central: {reason}; "
        f"put them into {folder / 'jars'} as io.delta_<name>-{DELTA_VERSION}.jar, or go on without Delta"
    )
