/** What the clock on the wall shows in a time zone, as `datetime-local` has it: 2026-02-05T09:00. */
export function wallClock(iso: string, timeZone: string): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
      .formatToParts(Date.parse(iso))
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The instant at which the clock on the wall of a time zone shows that, as ISO 8601. */
export function instantOf(wall: string, timeZone: string): string {
  const asUtc = Date.parse(`${wall}:00Z`);
  const off = (instant: number) => Date.parse(`${wallClock(new Date(instant).toISOString(), timeZone)}:00Z`) - instant;
  // the offset there, not the one an offset away
  return new Date(asUtc - off(asUtc - off(asUtc))).toISOString();
}
