"""Counts streaks by the rules of a widget, in a naive way, by docs/rules.md.

A run may begin on many days. So this follows every run that could have begun, day by day, until nothing is left of any.
The run of a user on a day is the one that counts the most then.
"""

from datetime import date, timedelta

DAY = timedelta(days=1)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

# Long enough before the first done day that all weeks and months have begun which it can lie in.
BEFORE = timedelta(days=100)


class Version:
    """Rules that hold from a date on: `first`, until `Rules` says on which day they begin."""

    def __init__(self, first, rules, holidays):
        cadence, days_off = rules.get("cadence", {}), rules.get("daysOff", {})
        self.first = first
        self.kind = cadence.get("kind", "every_day")
        self.days, self.window = cadence.get("days"), cadence.get("of")
        if self.kind == "every_n_days":
            self.kind, self.days, self.window = "days_in_any", 1, self.days
        self.week_start = WEEKDAYS.index(cadence.get("weekStart", "monday"))
        self.is_by_day = self.kind in ("every_day", "weekdays")
        self.is_by_window = self.kind == "days_in_any"
        self.never_miss_twice = rules.get("neverMissTwice", False) and not self.is_by_window
        self.weekdays_off = {WEEKDAYS.index(name) for name in days_off.get("weekdays", [])}
        if self.kind == "weekdays":
            self.weekdays_off |= set(range(7)) - {WEEKDAYS.index(name) for name in cadence["weekdays"]}
        dates = set(days_off.get("dates", []))
        for name in days_off.get("holidays", []):
            dates |= set(holidays[name])
        self.dates_off = {date.fromisoformat(text) for text in dates}

    def asked(self):
        """What is the same for versions with the same cadence."""
        return self.kind, self.days, self.window, self.week_start

    def is_off(self, day):
        return day.weekday() in self.weekdays_off or day in self.dates_off

    def needed(self, day):
        """How many done days the week or month of a day needs from that day on."""
        first, last = self.whole_period(day)
        days = sum(not self.is_off(day + number * DAY) for number in range((last - day).days + 1))
        return -(-self.days * days // ((last - first).days + 1))

    def whole_period(self, day):
        """The first and the last day of the day, week or month that a day is in."""
        if self.kind == "days_a_week":
            first = day - (day.weekday() - self.week_start) % 7 * DAY
            return first, first + 6 * DAY
        if self.kind == "days_a_month":
            first = day.replace(day=1)
            return first, (first + 31 * DAY).replace(day=1) - DAY
        return day, day


class Rules:
    """The rules of a widget, as the API answers it, with its project's holidays."""

    def __init__(self, widget, project):
        holidays = {one["name"]: one.get("dates", []) for one in project.get("holidays", [])}
        said = [*widget.get("earlierRules", []), {"from": widget.get("rulesFrom"), "rules": widget["rules"]}]
        self.versions = []
        for one in said:
            first = date.fromisoformat(one["from"]) if one.get("from") else date.min
            self.begin(Version(first, one["rules"], holidays))

    def begin(self, version):
        """Adds a version, which begins on the day after the week or month that has begun when it is to hold."""
        if self.versions and self.versions[-1].first >= version.first:
            self.versions.pop()  # It has not begun yet, so it never does.
        if self.versions:
            before = version.first - DAY
            version.first = max(version.first, self.versions[-1].whole_period(before)[1] + DAY)
        self.versions.append(version)

    def version_on(self, day):
        """The version that judges a day."""
        return [version for version in self.versions if version.first <= day][-1]



class Run:
    def __init__(self, first, last):
        self.first = first
        self.last = last  # the last day, or the end of the last week or month, that counts
        self.end = None  # the day at whose end it ended
        self.count = 1
        self.days_off = 0  # done days off since the last day that counts
        self.has_missed = False  # whether its latest period was missed
        self.was_shown = False  # whether it was ever what `current` counts

    def keep(self, last):
        self.count += self.days_off + 1
        self.days_off = 0
        self.has_missed = False
        self.last = last


class History:
    """What the rules make of done days.

    `runs` are the runs that `current` has ever counted, in order, without those that only are what is left of the run
    before: no day of them is later than that run's last one. `days` says for each day of the walk what the streak was
    then, if nothing was done later: `current`, `pending`, and `ends`, which is whether the run ends with that day.
    """

    def __init__(self, rules, done):
        self.rules = rules
        self.done = done
        self.alive = []
        self.ended = []
        self.days = {}
        if done:
            self.walk()
        shown = [run for run in self.ended if run.was_shown]
        self.runs = [run for run, before in zip(shown, [None, *shown]) if before is None or run.last > before.last]

    def on(self, day):
        return self.days.get(day, {"current": 0, "pending": False, "ends": False})

    def first_day_with(self, target):
        return min((day for day, state in self.days.items() if state["current"] >= target), default=None)

    def walk(self):
        day = min(self.done) - BEFORE
        version = since = None
        while self.alive or day <= max(self.done):
            holding = self.rules.version_on(day)
            if version is None or holding.asked() != version.asked():
                since = day
            version = holding
            first, last = version.whole_period(day)
            if version.is_by_day or version.is_by_window:
                self.walk_day(version, since, day)
            elif day == min(self.done) - BEFORE:
                pass  # It has begun before the walk; nobody has done anything yet.
            else:
                self.walk_period(version, day, last)
            day = last + DAY

    def walk_day(self, version, since, day):
        is_done, is_off = day in self.done, version.is_off(day)
        for run in self.alive if is_done else []:
            if is_off:
                run.days_off += 1
            else:
                run.keep(day)
        if is_done and not is_off:
            self.alive.append(Run(day, day))
        if version.is_by_window:
            ending = [] if is_off else [run for run in self.alive if self.lacks(run, version, since, day)]
            waits = not is_done and self.current() in ending
        else:
            waits = not is_done and not is_off
            ending = [run for run in self.alive if run.has_missed or not version.never_miss_twice] if waits else []
        self.show(day, self.current(), waits, ending)
        if waits and version.is_by_day:
            self.miss()
        self.end(ending, day)

    def lacks(self, run, version, since, day):
        """Whether too little was done in the last days that are not off, if all of them are in the run."""
        begin = day
        left = version.window - 1
        while left > 0:
            begin -= DAY
            if begin < max(run.first, since):
                return False
            left -= not self.rules.version_on(begin).is_off(begin)
        return sum(begin <= one <= day for one in self.done) < version.days

    def walk_period(self, version, first, last):
        needed = version.needed(first)
        carried = self.current()
        done = []
        begins = None
        day = first
        while day <= last:
            if day in self.done:
                done.append(day)
            is_kept = 0 < needed <= len(done)
            shares = [one for one in done if not version.is_off(one)
                      and sum(later >= one for later in done) >= version.needed(one)]
            begins = begins or (Run(first, last) if is_kept else Run(shares[0], last) if shares else None)
            waits = needed > 0 and not is_kept
            ending = [run for run in self.alive if run.has_missed or not version.never_miss_twice] if waits else []
            if carried is None:
                self.show(day, begins, False, [])
            else:
                self.show(day, carried, waits, ending if day == last else [], is_kept)
            day += DAY
        if is_kept:
            for run in self.alive:
                run.keep(last)
        elif waits:
            self.miss()
            self.end(ending, last)
        if begins is not None and not (is_kept and carried):
            self.alive.append(begins)

    def miss(self):
        for run in self.alive:
            run.has_missed = True

    def end(self, ending, day):
        for run in sorted(ending, key=lambda run: (-run.count, run.first)):
            run.end = day
            self.ended.append(run)
        self.alive = [run for run in self.alive if run not in ending]

    def current(self):
        """The run that counts the most. Of several, it is the one that began first."""
        return max(self.alive, key=lambda run: run.count, default=None)

    def show(self, day, run, waits, ending, is_kept=False):
        if run is not None:
            run.was_shown = True
            current = run.count + (run.days_off + 1 if is_kept else 0)
            self.days[day] = {"current": current, "pending": waits, "ends": run in ending}
