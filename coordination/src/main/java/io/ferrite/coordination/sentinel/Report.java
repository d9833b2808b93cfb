package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.InfoFacts.Role;

/**
 * What a server said of itself, and when it began to say so.
 *
 * @param refreshedMs when INFO came the last time, 0 for never
 * @param role its role in its own words, at first what it is taken for; null if it gave none
 * @param followedSinceMs since when it names the master that it names
 * @param facts the last INFO, of a replica with what an INFO as a master did not say
 * @param text the last INFO as it came, empty before the first
 */
public record Report(
        long refreshedMs,
        Role role,
        long roleSinceMs,
        String masterHost,
        int masterPort,
        boolean masterLinkUp,
        long linkDownMs,
        long followedSinceMs,
        int priority,
        long offset,
        boolean announced,
        InfoFacts facts,
        String text) {

    static Report none(Role role, long nowMs) {
        return new Report(
                0,
                role,
                nowMs,
                "",
                0,
                false,
                0,
                nowMs,
                InfoFacts.USUAL_PRIORITY,
                0,
                true,
                null,
                "");
    }

    /** How long ago INFO came, 0 if it never did. */
    public long ageMs(long nowMs) {
        return refreshedMs == 0 ? 0 : nowMs - refreshedMs;
    }

    /** The report after another INFO. What only replicas say stays while the role is another. */
    Report after(InfoFacts now, String info, long nowMs) {
        boolean replica = now.role() == Role.REPLICA;
        boolean roleChanged = now.role() != role;
        String host = replica && !now.masterHost().isEmpty() ? now.masterHost() : masterHost;
        int port = replica ? now.masterPort() : masterPort;
        boolean followsAnother = !host.equalsIgnoreCase(masterHost) || port != masterPort;
        return new Report(
                nowMs,
                now.role(),
                roleChanged ? nowMs : roleSinceMs,
                host,
                port,
                replica ? now.masterLinkUp() : masterLinkUp,
                now.linkDownMs(),
                followsAnother || roleChanged && replica ? nowMs : followedSinceMs,
                replica ? now.priority() : priority,
                replica ? now.offset() : offset,
                replica ? now.announced() : announced,
                now,
                info);
    }
}
