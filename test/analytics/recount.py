"""Recounts every number of analytics from raw rows, by the definitions in proto/streak/v1/analytics_service.proto.

It shares nothing with the server, and knows only Python's standard library. It reads a JSON object from stdin:

    {
      "now": 1705060800000,            the server's time in epoch milliseconds
      "project": {...},                the project, as the API answers it
      "rows": {
        "aliases": [[alias, user]],
        "zones": [[user, zone]],
        "days": [[user, event, "2024-01", bits]],
        "events": [[user, event, day, type, at, tz, sessionId, meta, isRepeat]]
      },
      "requests": [{"method": "activity", "event": "visit", "from": "2024-01-01", ...}]
    }

and writes a JSON list with the answer to each request, as the API would answer it, without `countedTime`.
"""

import json
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from streak_rules import History, Rules

DAY = timedelta(days=1)
EPOCH = date(1970, 1, 1)


class User:
    def __init__(self):
        self.zone = None
        self.done = defaultdict(set)  # the dates by event
        self.events = []
        self.histories = {}

    def dates(self, event):
        """The pairs of event and date that count for an event, or for all."""
        return [(name, day) for name, days in self.done.items() if event in (None, name) for day in sorted(days)]

    def events_of(self, event):
        return [one for one in self.events if event in (None, one["event"])]


def read_users(rows):
    aliases = dict(rows["aliases"])

    def resolve(name):
        while name in aliases:
            name = aliases[name]
        return name

    users = defaultdict(User)
    for name, zone in rows["zones"]:
        users[resolve(name)].zone = zone
    for name, event, month, bits in rows["days"]:
        year, number = map(int, month.split("-"))
        for bit in range(31):
            if bits >> bit & 1:
                users[resolve(name)].done[event].add(date(year, number, bit + 1))
    for name, event, day, kind, at, tz, session, meta, is_repeat in rows["events"]:
        users[resolve(name)].events.append(
            {
                "event": event,
                "date": EPOCH + day * DAY,
                "type": kind,
                "at": at,
                "tz": tz,
                "session": session,
                "meta": json.loads(meta) if meta is not None else {},
                "is_repeat": bool(is_repeat),
            }
        )
    return list(users.values())


def local_time(at, zone):
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))


def monday(day):
    return day - day.weekday() * DAY


def period(granularity, day):
    """The first date of the day's period."""
    return {"day": day, "week": monday(day), "month": day.replace(day=1)}[granularity]


def between(first, last):
    return [first + number * DAY for number in range((last - first).days + 1)]


class Recount:
    def __init__(self, data):
        self.now = data["now"]
        self.project = data["project"]
        self.users = read_users(data["rows"])
        self.rules = {
            widget["event"]: Rules(widget, self.project)
            for widget in self.project["widgets"]
            if widget["mode"] == "continuous" and "rules" in widget
        }

    def history(self, user, event):
        """What the rules of the event's widget make of the user's days."""
        if event not in user.histories:
            user.histories[event] = History(self.rules[event], user.done.get(event, set()))
        return user.histories[event]

    def zone_of(self, user):
        return user.zone or self.project["timeZone"]

    def today_of(self, user):
        return local_time(self.now, self.zone_of(user)).date()

    def range_of(self, request, days_before):
        today = local_time(self.now, self.project["timeZone"]).date()
        last = date.fromisoformat(request["to"]) if "to" in request else today
        first = date.fromisoformat(request["from"]) if "from" in request else last - days_before * DAY
        return first, last

    def widgets(self, request):
        return [one for one in self.project["widgets"] if request.get("event") in (None, one["event"])]

    def activity(self, request):
        event, granularity = request.get("event"), request.get("granularity", "day")
        periods = sorted({period(granularity, day) for day in between(*self.range_of(request, 29))})
        return {"periods": [self.activity_in(granularity, first, event) for first in periods]}

    def activity_in(self, granularity, first, event):
        count = Counter()
        for user in self.users:
            dates = [day for _, day in user.dates(event)]
            check_ins = [day for day in dates if period(granularity, day) == first]
            events = [one for one in user.events_of(event) if period(granularity, one["date"]) == first]
            impressions = [one for one in events if one["type"] == "widget_impression"]
            is_new = bool(check_ins) and min(dates) == min(check_ins)
            count["checkIns"] += len(check_ins)
            count["activeUsers"] += bool(check_ins)
            count["newUsers"] += is_new
            count["returningUsers"] += bool(check_ins) and not is_new
            count["impressions"] += len(impressions)
            count["widgetInteractions"] += sum(one["type"] == "widget_interaction" for one in events)
            count["sessions"] += len({one["session"] for one in events if one["session"]})
            count["impressionUsers"] += bool(impressions)
            count["convertedUsers"] += bool(impressions and check_ins)
        answer = {"isoDate": first.isoformat(), **count}
        if count["impressionUsers"]:
            answer["conversion"] = count["convertedUsers"] / count["impressionUsers"]
        return answer

    def streaks(self, request):
        lengths = Counter()
        done_today = pending = at_risk = 0
        for widget in self.widgets(request):
            for user in self.users:
                today, days = self.today_of(user), user.done.get(widget["event"], set())
                is_done = today in days
                if widget["event"] in self.rules:
                    state = self.history(user, widget["event"]).on(today)
                    current, waits, may_be_lost = state["current"], state["pending"], state["ends"]
                elif widget["mode"] == "cumulative":
                    current, waits, may_be_lost = len(days), not is_done, False
                else:
                    last = today if is_done else today - DAY
                    current, waits, may_be_lost = 0, not is_done, True
                    while last - current * DAY in days:
                        current += 1
                if current:
                    lengths[current] += 1
                done_today += is_done and current > 0
                if current and waits:
                    pending += 1
                    at_risk += may_be_lost and self.seconds_left(user, today) < 6 * 3600
        return {
            "lengths": [{"days": days, "streaks": streaks} for days, streaks in sorted(lengths.items())],
            "alive": sum(lengths.values()),
            "doneToday": done_today,
            "pending": pending,
            "atRisk": at_risk,
        }

    def seconds_left(self, user, today):
        next_day = today + DAY
        midnight = datetime(next_day.year, next_day.month, next_day.day, tzinfo=ZoneInfo(self.zone_of(user)))
        return midnight.timestamp() - self.now / 1000

    def runs(self, user, event):
        """The unbroken rows of done days, each as a list of dates."""
        runs = []
        days = sorted(user.done[event])
        for index, day in enumerate(days):
            if index and days[index - 1] == day - DAY:
                runs[-1].append(day)
            else:
                runs.append([day])
        return runs

    def ended_runs(self, user, event):
        """The length of each run, and the day at whose end it ends if nothing more is done."""
        if event in self.rules:
            return [(run.count, run.end) for run in self.history(user, event).runs]
        return [(len(run), run[-1] + DAY) for run in self.runs(user, event)]

    def first_day_with(self, user, widget, target):
        """The day on which a user has reached a milestone for the first time; None when never."""
        event = widget["event"]
        if event in self.rules:
            return self.history(user, event).first_day_with(target)
        is_cumulative = widget["mode"] == "cumulative"
        rows = [sorted(user.done[event])] if is_cumulative else self.runs(user, event)
        return min((row[target - 1] for row in rows if len(row) >= target), default=None)

    def survival(self, request):
        runs = [(length, end >= self.today_of(user)) for user in self.users for event in user.done
                if request.get("event") in (None, event) for length, end in self.ended_runs(user, event)]
        longest = max((length for length, _ in runs), default=0)
        answer = []
        for days in range(1, min(longest, 1000) + 1):
            reached = [length for length, is_open in runs if length > days or (length == days and not is_open)]
            went_on = sum(length > days for length in reached)
            answer.append({"days": days, "reached": len(reached), "wentOn": went_on})
        return {"days": answer}

    def retention(self, request):
        weeks = sorted({monday(day) for day in between(*self.range_of(request, 77))})
        of_users = [[monday(day) for _, day in user.dates(request.get("event"))] for user in self.users]
        cohorts = []
        for week in weeks:
            cohort = [active for active in of_users if active and min(active) == week]
            counts = [sum(later in active for active in cohort) for later in weeks if later >= week]
            cohorts.append({"isoDate": week.isoformat(), "activeUsers": counts})
        return {"cohorts": cohorts}

    def hours(self, request):
        first, last = self.range_of(request, 29)
        hours = [0] * 24
        for user in self.users:
            for one in user.events_of(request.get("event")):
                is_check_in = one["type"] == "streak_interaction" and not one["is_repeat"]
                if is_check_in and first <= one["date"] <= last:
                    hours[local_time(one["at"], one["tz"] or self.zone_of(user)).hour] += 1
        return {"checkIns": hours}

    def milestones(self, request):
        first, last = self.range_of(request, 29)
        answer = []
        for widget in self.widgets(request):
            for milestone in widget["milestones"]:
                days = [self.first_day_with(user, widget, milestone["target"]) for user in self.users]
                reached = [day for day in days if day is not None]
                answer.append(
                    {
                        "event": widget["event"],
                        "id": milestone["id"],
                        "target": milestone["target"],
                        "users": len(reached),
                        "usersInRange": sum(first <= day <= last for day in reached),
                    }
                )
        return {"milestones": answer}

    def metaValues(self, request):
        present = local_time(self.now, self.project["timeZone"]).date().isoformat()[:7]
        last = request.get("to", present)
        first = request.get("from", last)
        found = []
        for user in self.users:
            for one in user.events_of(request.get("event")):
                month = one["date"].isoformat()[:7]
                if first <= month <= last and request["key"] in one["meta"]:
                    found.append((month, as_text(one["meta"][request["key"]])))
        different = defaultdict(set)
        for month, text in found:
            if text is not None:
                different[month].add(text)
        left_out = sorted(month for month, texts in different.items() if len(texts) > 1000)
        counts = Counter(text for month, text in found if text is not None and month not in left_out)
        top = sorted(counts.items(), key=lambda item: (-item[1], item[0].encode("utf-16-be")))[:100]
        return {
            "values": [{"value": text, "events": events} for text, events in top],
            "otherEvents": len(found) - sum(events for _, events in top),
            "leftOutMonths": left_out,
        }


def as_text(value):
    """A value of `meta` as text; None for one that is not counted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return written_number(float(value))
    is_text = isinstance(value, str) and not any(0xD800 <= ord(character) <= 0xDFFF for character in value)
    return value if is_text and len(value) <= 100 else None


def written_number(value):
    """A number as JSON writes it: the fewest digits that tell it from other numbers, and no exponent if it is short."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + exponent
    if len(text) <= point <= 21:
        written = text + "0" * (point - len(text))
    elif 0 < point <= 21:
        written = text[:point] + "." + text[point:]
    elif -6 < point <= 0:
        written = "0." + "0" * -point + text
    else:
        fraction = "." + text[1:] if len(text) > 1 else ""
        written = text[0] + fraction + "e" + ("+" if point > 0 else "-") + str(abs(point - 1))
    return ("-" if sign else "") + written


def main():
    data = json.load(sys.stdin)
    recount = Recount(data)
    json.dump([getattr(recount, request["method"])(request) for request in data["requests"]], sys.stdout)


if __name__ == "__main__":
    main()
