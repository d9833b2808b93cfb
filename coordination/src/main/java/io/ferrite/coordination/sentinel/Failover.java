package io.ferrite.coordination.sentinel;

/**
 * Where a failover stands, of one master and as this Sentinel leads it.
 *
 * <pre>
 *   Idle            --down by quorum, not too soon-->  Electing         epoch + 1, ask for votes
 *   Idle            --SENTINEL FAILOVER------------->  Electing         forced: needs no votes
 *   Idle            --no-loss, outcome unknown------>  Electing         to confirm the master
 *   Electing        --majority and quorum, forced--->  Choosing         with no-loss: Fencing
 *   Fencing         --enough replicas are held------>  Choosing
 *   Fencing         --master not down, or time------>  Idle             it stays, in this epoch
 *   Electing        --time, or a vote without end--->  Idle
 *   Choosing        --a replica fits---------------->  Promoting
 *   Choosing        --none fits--------------------->  Idle
 *   Promoting       --linked: SLAVEOF NO ONE-------->  AwaitingMaster
 *   Promoting       --failover-timeout-------------->  Idle
 *   AwaitingMaster  --it reports role master-------->  Repointing       its address is the master's
 *   AwaitingMaster  --failover-timeout-------------->  Idle
 *   Repointing      --all follow, or time----------->  Ending           and the master is exchanged
 * </pre>
 *
 * The last state is left within the same step.
 */
public sealed interface Failover {

    /** What SENTINEL MASTER calls the state. */
    String label();

    /** When the state began. */
    long sinceMs();

    /** Whether the operator ordered it. */
    boolean forced();

    /** The epoch in which this Sentinel leads or means to. */
    long epoch();

    /** The replica to become master, empty before it is chosen. */
    default String candidate() {
        return "";
    }

    /** Whether others are told the candidate's address already. */
    default boolean isPromoted() {
        return false;
    }

    record Idle(long sinceMs) implements Failover {
        @Override
        public String label() {
            return "none";
        }

        @Override
        public boolean forced() {
            return false;
        }

        @Override
        public long epoch() {
            return 0;
        }
    }

    record Electing(long epoch, boolean forced, long sinceMs) implements Failover {
        @Override
        public String label() {
            return "wait_start";
        }
    }

    /**
     * With no-loss: replicas are taken away from the old master, so that it acknowledges no more.
     */
    record Fencing(long epoch, boolean forced, long sinceMs) implements Failover {
        @Override
        public String label() {
            return "select_slave";
        }
    }

    record Choosing(long epoch, boolean forced, long sinceMs) implements Failover {
        @Override
        public String label() {
            return "select_slave";
        }
    }

    record Promoting(long epoch, boolean forced, String candidate, long sinceMs)
            implements Failover {
        @Override
        public String label() {
            return "send_slaveof_noone";
        }
    }

    record AwaitingMaster(long epoch, boolean forced, String candidate, long sinceMs)
            implements Failover {
        @Override
        public String label() {
            return "wait_promotion";
        }
    }

    record Repointing(long epoch, boolean forced, String candidate, long sinceMs)
            implements Failover {
        @Override
        public String label() {
            return "reconf_slaves";
        }

        @Override
        public boolean isPromoted() {
            return true;
        }
    }

    record Ending(long epoch, boolean forced, String candidate, long sinceMs) implements Failover {
        @Override
        public String label() {
            return "update_config";
        }

        @Override
        public boolean isPromoted() {
            return true;
        }
    }
}
