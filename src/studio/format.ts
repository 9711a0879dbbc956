import { getLocale } from "./localization.ts";

const number = (value: number, digits: number, options: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat(getLocale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...options,
  }).format(value);

/** A number with a fixed count of decimals, in the page's language. */
export function formatNumber(value: number, digits = 0): string {
  return number(value, digits);
}

/** A share as "47%" or "%47". */
export function formatPercent(fraction: number): string {
  return number(fraction, 0, { style: "percent" });
}

/** A position as "1:04.0" or "1:04,0"; seconds in, tenths out. */
export function formatTime(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const minutes = Math.floor(tenths / 600);
  const rest = (tenths % 600) / 10;
  return `${minutes}:${rest < 10 ? "0" : ""}${number(rest, 1)}`;
}

/** A size as "1.2 MB". */
export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return number(value, unit > 1 && value < 100 ? 1 : 0, {
    style: "unit",
    unit: units[unit]!,
    unitDisplay: unit === 0 ? "long" : "short",
  });
}

/** A length of time as "7 days" or "7 gün". */
export function formatDays(days: number): string {
  return number(days, 0, { style: "unit", unit: "day", unitDisplay: "long" });
}

/** When something happened: "today 10:41", "yesterday", a date. */
export function formatWhen(time: number, words: { today: string; yesterday: string }): string {
  const date = new Date(time);
  const day = (value: Date) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
  const days = Math.round((day(new Date()) - day(date)) / 86_400_000);
  const clock = new Intl.DateTimeFormat(getLocale(), { hour: "2-digit", minute: "2-digit" }).format(date);
  if (days === 0) return `${words.today} ${clock}`;
  if (days === 1) return `${words.yesterday} ${clock}`;
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium" }).format(date);
}
