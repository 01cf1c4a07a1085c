from journal_story import DAY, Story, a_trading_day, at

from bot.model.events import EquityLowMarked
from bot.report.picture import PictureSize, Point, picture, points_of, thinned

SIZE = PictureSize(80, 18, has_colour=False)


def _points(count=500):
    return [Point(at(0.0) + 60.0 * i, 20_000.0 + i, 19_000.0, 18_000.0) for i in range(count)]


def test_the_picture_fits_the_console_exactly():
    lines = picture(_points(), 21_600.0, SIZE).splitlines()
    assert len(lines) == 18
    assert {len(line) for line in lines} == {80}


def test_both_floors_the_target_and_the_equity_are_drawn_and_labelled():
    drawn = picture(_points(), 21_600.0, SIZE)
    for level in ("21 600", "20 499", "19 000", "18 000"):
        assert level in drawn
    assert "=====" in drawn
    assert "-----" in drawn
    assert "+++++" in drawn


def test_without_colour_there_is_no_escape_and_with_it_there_is():
    assert "\x1b" not in picture(_points(), None, SIZE)
    assert "\x1b" in picture(_points(), None, PictureSize(80, 18))


def test_a_console_without_braille_gets_stars():
    drawn = picture(_points(), None, PictureSize(80, 18, has_colour=False, has_unicode=False))
    assert "*" in drawn
    assert not any("\u2800" <= character <= "\u28ff" for character in drawn)


def test_a_single_point_can_be_drawn_and_no_point_is_said():
    assert len(picture(_points(1), 21_600.0, SIZE).splitlines()) == 18
    assert picture([], 21_600.0, SIZE) == "No equity known yet."


def test_thinning_keeps_every_low_and_the_last_point():
    points = _points(1_000)
    points[437] = points[437]._replace(equity_money=15_000.0)
    kept = thinned(points, 100)
    assert len(kept) <= 101
    assert min(point.equity_money for point in kept) == 15_000.0
    assert kept[-1] == points[-1]


def test_few_points_are_all_kept():
    assert thinned(_points(5), 100) == _points(5)


def test_the_journal_gives_a_curve_of_anchors_and_lows():
    story = Story()
    story.start()
    story.open_day()
    story.tell(EquityLowMarked(19_950.0, 950.0, 1_950.0), at(5.0))
    story.close_day()
    points = points_of(story.documents)
    assert [point.equity_money for point in points] == [20_000.0, 19_950.0, 20_000.0]
    assert {point.daily_floor_money for point in points} == {19_000.0}
    assert points[-1].at_utc_s == at(0.0, DAY + 1)
    assert points_of(a_trading_day().documents)
