package io.ferrite.server;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The system's clock as the machine's time zone shows it. Rules of time zones are asked only when
 * the offset may have changed, so a log line costs an addition.
 */
final class LocalClock {

    /** An offset and until when it holds. */
    private record Span(long fromMs, long untilMs, long offsetMs) {}

    private final ZoneRules rules = ZoneId.systemDefault().getRules();
    private volatile Span span = new Span(0, 0, 0);

    long localMs() {
        long now = System.currentTimeMillis();
        Span known = span;
        if (now < known.fromMs() || now >= known.untilMs()) {
            known = spanAt(now);
            span = known;
        }
        return now + known.offsetMs();
    }

    private Span spanAt(long now) {
        Instant instant = Instant.ofEpochMilli(now);
        ZoneOffsetTransition next = rules.nextTransition(instant);
        long until = next == null ? Long.MAX_VALUE : next.getInstant().toEpochMilli();
        return new Span(now, until, rules.getOffset(instant).getTotalSeconds() * 1000L);
    }
}
