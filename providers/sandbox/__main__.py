"""`python -m providers.sandbox`: the command line."""

import argparse
from pathlib import Path

from providers.sandbox.parent import die_with_parent
from providers.sandbox.server import serve
from providers.sandbox.settings import Settings


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("providers.sandbox", description="Gateways to try the studio with.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--port-file", type=Path, help="gets the port once the sandbox listens")
    parser.add_argument("--no-render", action="store_true", help="one tiny clip for every job")
    parser.add_argument("--rough", action="store_true", help="clips that cost little: six frames a second")
    parser.add_argument("--job-s", type=float, default=6.0, help="how long a job takes")
    parser.add_argument("--link-s", type=float, default=3600.0, help="how long a result link lives")
    parser.add_argument("--limits", action="store_true", help="enforce the gateways' rate limits")
    parser.add_argument("--parent-death", action="store_true", help="end when the parent process ends")
    return parser.parse_args(arguments)


def main() -> None:
    asked = read_arguments()
    if asked.parent_death:
        die_with_parent()
    settings = Settings(
        data_dir=asked.data_dir,
        render=not asked.no_render,
        rough=asked.rough,
        job_s=asked.job_s,
        link_s=asked.link_s,
        limits=asked.limits,
    )
    serve(settings, asked.port, asked.port_file)


if __name__ == "__main__":
    main()
