package io.ferrite.coordination.sentinel;

/**
 * Settings that concern the Sentinel as a whole; texts are empty where nothing is set.
 *
 * @param listenPort the port it listens at, announced where no other is set
 * @param listenPass its own {@code requirepass}, which the other Sentinels are assumed to share
 */
public record GlobalSettings(
        String announceIp,
        int announcePort,
        String sentinelUser,
        String sentinelPass,
        boolean resolveHostnames,
        boolean announceHostnames,
        boolean denyScriptsReconfig,
        int listenPort,
        String listenPass) {

    public static final GlobalSettings DEFAULT =
            new GlobalSettings("", 0, "", "", false, false, true, 26379, "");

    public GlobalSettings withAnnounceIp(String ip) {
        return new GlobalSettings(
                ip,
                announcePort,
                sentinelUser,
                sentinelPass,
                resolveHostnames,
                announceHostnames,
                denyScriptsReconfig,
                listenPort,
                listenPass);
    }

    public GlobalSettings withAnnouncePort(int port) {
        return new GlobalSettings(
                announceIp,
                port,
                sentinelUser,
                sentinelPass,
                resolveHostnames,
                announceHostnames,
                denyScriptsReconfig,
                listenPort,
                listenPass);
    }

    public GlobalSettings withSentinelUser(String user) {
        return new GlobalSettings(
                announceIp,
                announcePort,
                user,
                sentinelPass,
                resolveHostnames,
                announceHostnames,
                denyScriptsReconfig,
                listenPort,
                listenPass);
    }

    public GlobalSettings withSentinelPass(String pass) {
        return new GlobalSettings(
                announceIp,
                announcePort,
                sentinelUser,
                pass,
                resolveHostnames,
                announceHostnames,
                denyScriptsReconfig,
                listenPort,
                listenPass);
    }

    public GlobalSettings withResolveHostnames(boolean resolve) {
        return new GlobalSettings(
                announceIp,
                announcePort,
                sentinelUser,
                sentinelPass,
                resolve,
                announceHostnames,
                denyScriptsReconfig,
                listenPort,
                listenPass);
    }

    public GlobalSettings withAnnounceHostnames(boolean announce) {
        return new GlobalSettings(
                announceIp,
                announcePort,
                sentinelUser,
                sentinelPass,
                resolveHostnames,
                announce,
                denyScriptsReconfig,
                listenPort,
                listenPass);
    }

    public GlobalSettings withDenyScriptsReconfig(boolean deny) {
        return new GlobalSettings(
                announceIp,
                announcePort,
                sentinelUser,
                sentinelPass,
                resolveHostnames,
                announceHostnames,
                deny,
                listenPort,
                listenPass);
    }

    public GlobalSettings withListening(int port, String pass) {
        return new GlobalSettings(
                announceIp,
                announcePort,
                sentinelUser,
                sentinelPass,
                resolveHostnames,
                announceHostnames,
                denyScriptsReconfig,
                port,
                pass);
    }
}
