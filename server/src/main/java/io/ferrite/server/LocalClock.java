package io.ferrite.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The system's clock as the machine's time zone shows it. Rules of time zones are asked only when
 * the offset may have changed, so a log line costs an addition; on a machine in UTC they are not
 * even loaded, which takes as long as the rest of the start-up.
 */
final class LocalClock {

    /** An offset and until when it holds. */
    private record Span(long fromMs, long untilMs, long offsetMs) {}

    private volatile Span span =
            isUtc() ? new Span(Long.MIN_VALUE, Long.MAX_VALUE, 0) : new Span(0, 0, 0);

    long localMs() {
        long now = System.currentTimeMillis();
        Span known = span;
        if (now < known.fromMs() || now >= known.untilMs()) {
            known = spanAt(now);
            span = known;
        }
        return now + known.offsetMs();
    }

    private static Span spanAt(long now) {
        ZoneRules rules = ZoneId.systemDefault().getRules();
        Instant instant = Instant.ofEpochMilli(now);
        ZoneOffsetTransition next = rules.nextTransition(instant);
        long until = next == null ? Long.MAX_VALUE : next.getInstant().toEpochMilli();
        return new Span(now, until, rules.getOffset(instant).getTotalSeconds() * 1000L);
    }

    /** Whether the machine says, without asking for rules, that its time is UTC. */
    private static boolean isUtc() {
        String zone = System.getenv("TZ");
        if (zone != null || !System.getProperty("user.timezone", "").isEmpty()) {
            return "UTC".equals(zone);
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/etc/localtime")).toString();
            return target.endsWith("/UTC");
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false; // no link: only the rules can tell
        }
    }
}
