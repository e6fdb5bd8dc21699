"""A made-up bike-share city: no row of it was ever measured.

1,498 stations in a disc around Paris are simulated in ten-minute steps.
Bikes arrive and leave as Poisson counts whose rates follow the hour, the
weekday, the kind of station, the weather of the hour, and how full the station
is; trucks move bikes at night. What comes out is one integer per station and
hour, as an hourly snapshot of the open data would give.

Every draw comes from one seeded generator: the same seed gives the same city.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np

STATIONS = 1498
START = datetime(2025, 9, 8, tzinfo=timezone.utc)  # a Monday; summer time holds for all seven weeks
DAYS = 49
LOCAL_OFFSET_HOURS = 2  # people live by Paris time, the data by UTC
STEPS_PER_HOUR = 6

KINDS = ("commuter", "residential", "leisure", "mixed")


@dataclass(frozen=True)
class City:
    codes: list  # station codes, sorted as text: the index is the station id
    capacity: np.ndarray  # docks
    latitude: np.ndarray  # degrees
    longitude: np.ndarray  # degrees
    kind: np.ndarray  # index into KINDS
    bikes: np.ndarray  # [hours, stations], bikes available at each full hour
    hour: np.ndarray  # [hours], UTC
    day_of_week: np.ndarray  # [hours], Monday is 0


def bump(hour, centre, width):
    """A bell over the clock, 1 at its centre, and the same at both ends of the day."""
    distance = (hour - centre + 12.0) % 24.0 - 12.0
    return np.exp(-0.5 * (distance / width) ** 2)


def station_codes():
    """Codes as Paris writes them: the arrondissement, then three digits. 20 inner, 12 outer districts."""
    codes = []
    for district in range(1, 33):
        per_block = 26 if district <= 20 else 20
        codes += [f"{district}{number:03d}" for number in (*range(1, per_block + 1), *range(101, 101 + per_block))]
    return sorted(codes[:STATIONS])


def profiles(local_hour, weekend):
    """Relative departures and arrivals of each kind at one time: two arrays [kinds]."""
    morning, noon, evening = bump(local_hour, 8.4, 1.1), bump(local_hour, 13.0, 2.0), bump(local_hour, 18.3, 1.5)
    night_out, afternoon = bump(local_hour, 23.0, 1.8), bump(local_hour, 15.5, 3.0)
    base = 0.10 + 0.25 * bump(local_hour, 15.0, 5.0)
    if weekend:
        commuter = (base + 0.3 * afternoon, base + 0.3 * noon)
        residential = (base + 0.6 * noon, base + 0.5 * bump(local_hour, 19.0, 2.0))
        leisure = (base + 1.3 * bump(local_hour, 18.5, 2.0), base + 1.4 * bump(local_hour, 14.0, 2.2))
    else:
        commuter = (base + 0.2 * noon + 1.9 * evening, base + 0.2 * noon + 2.1 * morning)
        residential = (base + 2.0 * morning + 0.2 * noon, base + 1.8 * bump(local_hour, 19.0, 1.7))
        leisure = (base + 0.5 * noon + 0.9 * night_out, base + 0.5 * noon + 0.9 * bump(local_hour, 20.0, 1.5))
    mixed = (base + 0.6 * morning + 0.6 * evening, base + 0.6 * morning + 0.6 * evening)
    rows = np.array([commuter, residential, leisure, mixed])
    return rows[:, 0], rows[:, 1]


def weather(rng, hours):
    """How willing people are to ride in each hour (about 0.3 in a storm, 1.1 on a fine day), and never told to the model."""
    day = np.empty(hours // 24 + 1)
    level = 0.0
    for index in range(day.size):
        level = 0.6 * level + rng.normal(0.0, 0.12)
        day[index] = level
    ride = 1.0 + np.repeat(day, 24)[:hours]
    for start in np.flatnonzero(rng.random(hours) < 0.02):  # a front passes about every second day
        length = int(rng.integers(2, 7))
        ride[start : start + length] *= rng.uniform(0.35, 0.75)
    return np.clip(ride, 0.2, 1.3)


def simulate(seed=3):
    rng = np.random.default_rng(seed)
    codes = station_codes()
    count = len(codes)
    district = np.array([int(code[:-3]) for code in codes])

    radius = np.where(district <= 20, 0.045 * np.sqrt(rng.random(count)), 0.05 + 0.05 * rng.random(count))
    angle = district * (2 * np.pi / 32) * 5 + rng.normal(0.0, 0.25, count)
    latitude = np.round(48.8566 + radius * np.sin(angle), 5)
    longitude = np.round(2.3522 + 1.5 * radius * np.cos(angle), 5)
    capacity = np.clip(np.round(rng.lognormal(3.35, 0.35, count)), 12, 74).astype(int)

    inner = np.clip(1.0 - radius / 0.1, 0.0, 1.0)  # offices and bars sit in the middle, homes outside
    chance = np.stack([0.15 + 0.40 * inner, 0.55 - 0.40 * inner, 0.05 + 0.15 * inner, np.full(count, 0.20)], axis=1)
    chance /= chance.sum(axis=1, keepdims=True)
    kind = (rng.random((count, 1)) > np.cumsum(chance, axis=1)).sum(axis=1).clip(0, len(KINDS) - 1)

    busy = capacity * rng.lognormal(np.log(0.22), 0.45, count)  # bikes an hour at profile 1
    target = np.clip(rng.normal(np.array([0.25, 0.55, 0.35, 0.40])[kind], 0.10), 0.08, 0.9)
    shift = rng.normal(0.0, 0.5, count)  # each neighbourhood has its own clock, hours

    hours = DAYS * 24
    ride = weather(rng, hours)
    bikes = np.empty((hours, count), dtype=np.int16)
    level = np.round(capacity * target).astype(float)
    trend = np.zeros(count)  # a fair, a strike, a broken dock: what makes one day unlike the last
    stations = np.arange(count)
    for hour in range(hours):
        bikes[hour] = level
        now = START + timedelta(hours=hour + LOCAL_OFFSET_HOURS)
        weekend = now.weekday() >= 5
        if now.hour == 3:
            trend = 0.5 * trend + rng.normal(0.0, 0.25, count)
            visited = rng.random(count) < 0.25  # a truck comes and brings the station towards its target
            level = np.where(visited, np.round(level + 0.7 * (capacity * target - level)), level)
        local = now.hour + now.minute / 60.0
        leave_by_clock, arrive_by_clock = by_clock(local, weekend, kind, shift, stations)
        for _ in range(STEPS_PER_HOUR):
            full = level / capacity
            rate = busy * ride[hour] / STEPS_PER_HOUR
            leave = rng.poisson(rate * leave_by_clock * np.exp(-trend) * np.minimum(1.0, 0.35 + 1.3 * full))
            arrive = rng.poisson(rate * arrive_by_clock * np.exp(trend) * np.minimum(1.0, 0.35 + 1.3 * (1.0 - full)))
            level = np.clip(level - np.minimum(leave, level) + arrive, 0, capacity)

    moments = [START + timedelta(hours=hour) for hour in range(hours)]
    return City(
        codes=codes,
        capacity=capacity,
        latitude=latitude,
        longitude=longitude,
        kind=kind,
        bikes=bikes,
        hour=np.array([moment.hour for moment in moments]),
        day_of_week=np.array([moment.weekday() for moment in moments]),
    )


def by_clock(local, weekend, kind, shift, stations):
    """Each station's departures and arrivals at its own clock, between two grid points of the profiles."""
    grid = np.linspace(-2.0, 2.0, 17)
    table = np.array([profiles((local + offset) % 24.0, weekend) for offset in grid])  # [offset, 2, kind]
    place = np.abs(grid[None, :] - shift[:, None]).argmin(axis=1)
    return table[place, 0, kind[stations]], table[place, 1, kind[stations]]
