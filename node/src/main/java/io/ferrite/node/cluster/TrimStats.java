package io.ferrite.node.cluster;

/**
 * What has been removed of slots that left, as CLUSTER INFO tells it.
 *
 * @param running removals that are going on
 * @param keys how many keys those began with
 * @param removed how many of them are gone
 * @param started removals since the beginning
 * @param completed those that came to their end
 */
record TrimStats(int running, long keys, long removed, long started, long completed) {

    static final TrimStats NONE = new TrimStats(0, 0, 0, 0, 0);

    /**
     * Another removal begins.
     *
     * @param besides whether others are going on
     */
    TrimStats begun(boolean besides, long newKeys) {
        long before = besides ? keys : 0;
        long gone = besides ? removed : 0;
        return new TrimStats(running + 1, before + newKeys, gone, started + 1, completed);
    }

    TrimStats trimmed(int more) {
        return new TrimStats(running, keys, removed + more, started, completed);
    }

    TrimStats ended(int removals) {
        return new TrimStats(running - removals, 0, 0, started, completed + removals);
    }

    /** The lines of CLUSTER INFO. */
    String lines() {
        String head = "cluster_slot_migration_";
        return head
                + "active_trim_running:"
                + running
                + "\r\n"
                + head
                + "active_trim_current_job_keys:"
                + keys
                + "\r\n"
                + head
                + "active_trim_current_job_trimmed:"
                + removed
                + "\r\n"
                + head
                + "stats_active_trim_started:"
                + started
                + "\r\n"
                + head
                + "stats_active_trim_completed:"
                + completed
                + "\r\n"
                + head
                + "stats_active_trim_cancelled:0\r\n";
    }
}
