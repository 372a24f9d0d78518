"""The command line of supply and delivery: ``python -m deploy licences|sbom|vulnerabilities|lock|bundle``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.command_line import run_command

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parent.parent


def _licences(_: argparse.Namespace) -> int:
    from deploy.closure import installed_closure, read_project
    from deploy.licences import judge, load_rules

    verdicts = [judge(part, load_rules()) for part in installed_closure(read_project(ROOT).requirements)]
    for verdict in verdicts:
        print(f"{verdict.part.name}\t{verdict.part.version}\t{verdict.licence or '?'}")
    for path, licence in load_rules().shipped.items():
        print(f"{path}\t\t{licence}")
    reasons = [verdict.reason for verdict in verdicts if verdict.reason]
    for reason in reasons:
        print(reason, file=sys.stderr)
    print(f"{len(verdicts)} gói, {len(reasons)} gói không được nhận.", file=sys.stderr)
    return 1 if reasons else 0


def _sbom(arguments: argparse.Namespace) -> int:
    from deploy.closure import installed_closure, read_project
    from deploy.licences import load_rules
    from deploy.lock import LOCK, read_lock
    from deploy.sbom import bill_of_materials

    project = read_project(ROOT)
    parts = installed_closure(project.requirements)
    hashes = {(entry.name, entry.version): entry.hashes for entry in read_lock(ROOT / LOCK)}
    document = bill_of_materials(project, parts, load_rules(), ROOT, hashes)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if arguments.out is None:
        sys.stdout.write(text)
    else:
        arguments.out.write_text(text, encoding="utf-8", newline="\n")
        print(f"{arguments.out}: {len(document['components'])} thành phần.", file=sys.stderr)
    return 0


def _vulnerabilities(arguments: argparse.Namespace) -> int:
    from deploy.advisories import look_up
    from deploy.closure import installed_closure, read_project

    if arguments.advisories is None:
        print(
            "CHƯA KIỂM TRA lỗ hổng: không có kho cảnh báo nào được đưa vào.\n"
            "  Tải PyPI/all.zip của osv.dev trên máy có mạng, chép sang đây, rồi chạy:\n"
            "  python -m deploy vulnerabilities --advisories all.zip",
            file=sys.stderr,
        )
        return 0
    parts = installed_closure(read_project(ROOT).requirements)
    looked = look_up(parts, arguments.advisories)
    for finding in looked.findings:
        also = f" ({', '.join(finding.aliases)})" if finding.aliases else ""
        fixed = f"sửa từ {', '.join(finding.fixed)}" if finding.fixed else "chưa có bản sửa"
        print(f"{finding.part.name} {finding.part.version}\t{finding.id}{also}\t{fixed}\t{finding.summary}")
    for complaint in looked.unreadable:
        print(complaint, file=sys.stderr)
    print(
        f"{len(parts)} gói, {looked.read} cảnh báo (mới nhất {looked.newest or 'không rõ ngày'}), "
        f"{len(looked.findings)} lỗ hổng, {len(looked.unreadable)} tệp không đọc được.",
        file=sys.stderr,
    )
    return 1 if looked.findings or looked.unreadable else 0


def _lock(arguments: argparse.Namespace) -> int:
    from deploy.lock import LOCK, write_lock

    entries = write_lock(ROOT, arguments.torch_wheels)
    files = sum(len(entry.hashes) for entry in entries)
    print(f"{LOCK}: {len(entries)} gói, {files} tệp.", file=sys.stderr)
    return 0


def _bundle(arguments: argparse.Namespace) -> int:
    from deploy.bundle import make_bundle

    made = make_bundle(ROOT, arguments.out, corpus=arguments.corpus, find_links=arguments.find_links)
    print(f"{arguments.out}: {made.files} tệp, {made.size / 1e6:.0f} MB.", file=sys.stderr)
    print(f"{made.digest}  SHA256SUMS")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="python -m deploy", description="What the program is made of, and how it travels."
    )
    commands = top.add_subparsers(dest="command", required=True)
    licences = commands.add_parser("licences", help="the licence of every part; exit 1 where one is unknown or refused")
    licences.set_defaults(run=_licences)
    sbom = commands.add_parser("sbom", help="every part as a CycloneDX 1.6 document")
    sbom.add_argument("--out", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    sbom.set_defaults(run=_sbom)
    vulnerabilities = commands.add_parser(
        "vulnerabilities", help="parts with known holes, by advisories on this machine"
    )
    vulnerabilities.add_argument(
        "--advisories",
        type=Path,
        metavar="PATH",
        help="OSV advisories: a folder, a JSON file, or osv.dev's PyPI/all.zip",
    )
    vulnerabilities.set_defaults(run=_vulnerabilities)
    lock = commands.add_parser("lock", help="write requirements.lock; needs uv and the registry")
    lock.add_argument("--torch-wheels", type=Path, metavar="DIR", help="a folder with builds of PyTorch without CUDA")
    lock.set_defaults(run=_lock)
    bundle = commands.add_parser("bundle", help="a folder that installs on a machine without a network")
    bundle.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to make; must not exist")
    bundle.add_argument("--corpus", type=Path, metavar="DIR", help="documents to put in place of corpus/")
    bundle.add_argument(
        "--find-links", metavar="WHERE", help="where pip finds PyTorch without CUDA: a folder or a page of links"
    )
    bundle.set_defaults(run=_bundle)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 for a fault of the input. Wrong usage exits with 2."""
    return run_command(parser().parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
