package io.ferrite.node.log;

/** Writes a moment as {@code 21 Nov 2026 06:00:31.111}, in English whatever the locale. */
final class LogTime {
    private static final long DAY_MS = 86_400_000L;
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private LogTime() {}

    static void append(StringBuilder out, long localMs) {
        long day = Math.floorDiv(localMs, DAY_MS);
        int ms = (int) Math.floorMod(localMs, DAY_MS);
        appendDate(out, day);
        out.append(' ');
        two(out, ms / 3_600_000);
        out.append(':');
        two(out, ms / 60_000 % 60);
        out.append(':');
        two(out, ms / 1000 % 60);
        out.append('.');
        out.append((char) ('0' + ms / 100 % 10));
        two(out, ms % 100);
    }

    /**
     * Days since 1970 as a date of the Gregorian calendar, by counting years from March so that the
     * leap day is the last of its year (Howard Hinnant, "chrono-compatible low-level date
     * algorithms").
     */
    private static void appendDate(StringBuilder out, long day) {
        long shifted = day + 719_468; // days since 1 March of the year 0
        long era = Math.floorDiv(shifted, 146_097);
        long dayOfEra = shifted - era * 146_097;
        long yearOfEra =
                (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = (int) (dayOfYear - (153 * monthFromMarch + 2) / 5 + 1);
        int month = (int) (monthFromMarch < 10 ? monthFromMarch + 2 : monthFromMarch - 10);
        long year = yearOfEra + era * 400 + (month < 2 ? 1 : 0);
        two(out, dayOfMonth);
        out.append(' ').append(MONTHS, month * 3, month * 3 + 3).append(' ').append(year);
    }

    private static void two(StringBuilder out, int number) {
        out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
