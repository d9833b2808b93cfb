package io.ferrite.coordination.sentinel;

/**
 * What Sentinel keeps of every instance, whatever its kind.
 *
 * @param name a master's name, a replica's {@code ip:port}, a Sentinel's id
 * @param identity who answers there; of a Sentinel its id
 * @param link the number of its {@link Link}
 * @param down whether it is down in this Sentinel's own view
 * @param downSinceMs since when it is, or was the last time; 0 for never
 * @param scriptKilled whether a busy script was told to end since it went down
 * @param publishedMs when the last hello to it was accepted
 * @param infoAskedMs when INFO was asked for and has not come yet, 0 if it has
 * @param helloSentMs when a hello was sent and has not been answered yet, 0 if it has
 */
public record Instance(
        Kind kind,
        String name,
        Address address,
        Identity identity,
        long link,
        boolean down,
        long downSinceMs,
        boolean scriptKilled,
        long publishedMs,
        long infoAskedMs,
        long helloSentMs) {

    static Instance create(Kind kind, String name, Address address, long link, long nowMs) {
        return new Instance(
                kind, name, address, Identity.UNKNOWN, link, false, 0, false, nowMs, 0, 0);
    }

    public boolean isServer() {
        return kind != Kind.SENTINEL;
    }

    Instance withAddress(Address next) {
        return new Instance(
                kind,
                name,
                next,
                identity,
                link,
                down,
                downSinceMs,
                scriptKilled,
                publishedMs,
                infoAskedMs,
                helloSentMs);
    }

    /** The id of a server's run, or a Sentinel's id; empty while not known. */
    public String runId() {
        return identity.runId();
    }

    Instance withIdentity(Identity next) {
        return new Instance(
                kind,
                name,
                address,
                next,
                link,
                down,
                downSinceMs,
                scriptKilled,
                publishedMs,
                infoAskedMs,
                helloSentMs);
    }

    Instance withLink(long id) {
        return new Instance(
                kind,
                name,
                address,
                identity,
                id,
                down,
                downSinceMs,
                scriptKilled,
                publishedMs,
                infoAskedMs,
                helloSentMs);
    }

    Instance wentDown(long nowMs) {
        return new Instance(
                kind,
                name,
                address,
                identity,
                link,
                true,
                nowMs,
                scriptKilled,
                publishedMs,
                infoAskedMs,
                helloSentMs);
    }

    Instance cameUp() {
        return new Instance(
                kind,
                name,
                address,
                identity,
                link,
                false,
                downSinceMs,
                false,
                publishedMs,
                infoAskedMs,
                helloSentMs);
    }

    Instance withScriptKilled() {
        return new Instance(
                kind,
                name,
                address,
                identity,
                link,
                down,
                downSinceMs,
                true,
                publishedMs,
                infoAskedMs,
                helloSentMs);
    }

    Instance published(long atMs) {
        return new Instance(
                kind,
                name,
                address,
                identity,
                link,
                down,
                downSinceMs,
                scriptKilled,
                atMs,
                infoAskedMs,
                0);
    }

    Instance helloSent(long atMs) {
        return new Instance(
                kind,
                name,
                address,
                identity,
                link,
                down,
                downSinceMs,
                scriptKilled,
                publishedMs,
                infoAskedMs,
                atMs);
    }

    Instance infoAsked(long atMs) {
        return new Instance(
                kind,
                name,
                address,
                identity,
                link,
                down,
                downSinceMs,
                scriptKilled,
                publishedMs,
                atMs,
                helloSentMs);
    }

    /** What is left when the watch begins anew. */
    Instance begunAnew(Address at, long nowMs) {
        return new Instance(
                kind, name, at, Identity.UNKNOWN, link, false, 0, false, publishedMs, 0, 0);
    }
}
