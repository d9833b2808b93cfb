package io.ferrite.coordination.sentinel;

/**
 * Names one instance: a master by its name, a replica or a Sentinel by its key below a master.
 *
 * @param key a replica's {@code ip:port}, a Sentinel's id, empty for the master itself
 */
public record Ref(String master, Kind kind, String key) {

    public static Ref master(String name) {
        return new Ref(name, Kind.MASTER, "");
    }

    public static Ref replica(String master, String key) {
        return new Ref(master, Kind.REPLICA, key);
    }

    public static Ref sentinel(String master, String id) {
        return new Ref(master, Kind.SENTINEL, id);
    }
}
