from firstwin.science.habits import frequency, is_habit, stickiness
from firstwin.science.pace import days_until, robust_slope


def test_growth_by_two_a_week_reaches_the_limit():
    assert days_until(50, [20, 22, 24, 26, 28, 30]) == 70


def test_one_wild_week_does_not_change_the_pace():
    assert robust_slope([20, 22, 24, 90, 28, 30, 32]) == 2


def test_what_is_reached_already_needs_no_day():
    assert days_until(30, [30]) == 0


def test_nothing_is_projected_from_few_points_a_fall_or_a_crawl():
    assert days_until(50, [20, 22, 24]) is None
    assert days_until(50, [30, 28, 26, 24, 22, 20]) is None
    assert days_until(5_000, [20, 20, 21, 20, 21, 21, 22]) is None


def test_words_for_days_out_of_fourteen():
    assert [frequency(days) for days in (14, 9, 8, 5, 4, 2, 1, 0)] == [
        "daily", "daily", "weekly", "weekly", "occasional", "occasional", "inactive", "inactive",
    ]  # fmt: skip
    assert [is_habit(weeks) for weeks in (7, 8)] == [False, True]


def test_everybody_every_day_is_full_stickiness():
    assert stickiness([28 * 3, 3, 0], [3, 3, 0]).tolist()[:2] == [1.0, 3 / 84]
