"""`bot watch` where nothing can ever be started: it says so and ends."""

from __future__ import annotations

from pathlib import Path

from command_line import bot

from bot.cli.folders import RunFolder


def test_a_folder_without_a_simulated_terminal_ends_the_watch_with_a_clear_word(
    tmp_path: Path,
) -> None:
    nowhere = tmp_path / "nowhere"

    ended = bot("watch", "--simulated", nowhere, "--data-folder", tmp_path)

    told = " ".join(ended.stderr.decode().split())
    assert ended.returncode == 1
    assert "names no simulated terminal" in told
    assert "bot simulate-terminal --folder" in told
    assert not RunFolder(tmp_path).heartbeat.exists(), "no trader was started"
