package io.ferrite.coordination.sentinel;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A master that is watched, with its replicas and the other Sentinels.
 *
 * @param rebootSinceMs since when it is known to have been started anew and to answer no PING with
 *     PONG, 0 if it is not
 * @param objectivelyDown whether enough Sentinels agree that it is down
 * @param configEpoch the epoch of the failover that made it master
 * @param configSave the ticket of the {@link Effect.Persist} after which that, and the highest
 *     epoch heard of, would survive a crash, 0 if they would now
 * @param attemptMs when the last failover began, here or where this Sentinel voted; others wait
 * @param delayNotedMs the {@code attemptMs} for which the log says how long
 */
public record Master(
        Instance self,
        Report report,
        MasterSettings settings,
        long rebootSinceMs,
        boolean objectivelyDown,
        long objectivelyDownSinceMs,
        long configEpoch,
        long configSave,
        Vote vote,
        Map<String, Replica> replicas,
        Map<String, Peer> peers,
        Failover failover,
        long attemptMs,
        long delayNotedMs) {

    static Master create(Instance self, MasterSettings settings, long nowMs) {
        return new Master(
                self,
                Report.none(InfoFacts.Role.MASTER, nowMs),
                settings,
                0,
                false,
                0,
                0,
                0,
                Vote.NONE,
                Map.of(),
                Map.of(),
                new Failover.Idle(0),
                0,
                0);
    }

    public String name() {
        return self.name();
    }

    public Address address() {
        return self.address();
    }

    /** The address that clients are told: the promoted replica's as soon as it is master. */
    public Address currentAddress() {
        Replica promoted = failover.isPromoted() ? replicas.get(failover.candidate()) : null;
        return promoted == null ? address() : promoted.self().address();
    }

    public boolean isFailingOver() {
        return !(failover instanceof Failover.Idle);
    }

    /** Sentinels that vote: the others and this one. */
    public int voters() {
        return peers.size() + 1;
    }

    Master withSelf(Instance next) {
        return copy(next, report, settings, replicas, peers, failover);
    }

    Master withReport(Report next) {
        return copy(self, next, settings, replicas, peers, failover);
    }

    Master withSettings(MasterSettings next) {
        return copy(self, report, next, replicas, peers, failover);
    }

    Master withFailover(Failover next) {
        return copy(self, report, settings, replicas, peers, next);
    }

    Master withReplica(Replica replica) {
        Map<String, Replica> next = new LinkedHashMap<>(replicas);
        next.put(replica.self().name(), replica);
        return withReplicas(next);
    }

    Master withReplicas(Map<String, Replica> next) {
        return copy(self, report, settings, next, peers, failover);
    }

    Master withPeer(Peer peer) {
        Map<String, Peer> next = new LinkedHashMap<>(peers);
        next.put(peer.self().name(), peer);
        return withPeers(next);
    }

    Master withPeers(Map<String, Peer> next) {
        return copy(self, report, settings, replicas, next, failover);
    }

    private Master copy(
            Instance itself,
            Report said,
            MasterSettings as,
            Map<String, Replica> its,
            Map<String, Peer> others,
            Failover state) {
        return new Master(
                itself,
                said,
                as,
                rebootSinceMs,
                objectivelyDown,
                objectivelyDownSinceMs,
                configEpoch,
                configSave,
                vote,
                its,
                others,
                state,
                attemptMs,
                delayNotedMs);
    }

    Master withReboot(long sinceMs) {
        return new Master(
                self,
                report,
                settings,
                sinceMs,
                objectivelyDown,
                objectivelyDownSinceMs,
                configEpoch,
                configSave,
                vote,
                replicas,
                peers,
                failover,
                attemptMs,
                delayNotedMs);
    }

    Master withObjectivelyDown(boolean down, long sinceMs) {
        return new Master(
                self,
                report,
                settings,
                rebootSinceMs,
                down,
                sinceMs,
                configEpoch,
                configSave,
                vote,
                replicas,
                peers,
                failover,
                attemptMs,
                delayNotedMs);
    }

    Master withConfig(long epoch, long save) {
        return new Master(
                self,
                report,
                settings,
                rebootSinceMs,
                objectivelyDown,
                objectivelyDownSinceMs,
                epoch,
                save,
                vote,
                replicas,
                peers,
                failover,
                attemptMs,
                delayNotedMs);
    }

    boolean isConfigDurable() {
        return configSave == 0;
    }

    /** Everything up to a ticket is durable. */
    Master saved(long ticket) {
        boolean config = configSave != 0 && configSave <= ticket;
        return withConfig(configEpoch, config ? 0 : configSave).withVote(vote.saved(ticket));
    }

    Master withVote(Vote next) {
        return new Master(
                self,
                report,
                settings,
                rebootSinceMs,
                objectivelyDown,
                objectivelyDownSinceMs,
                configEpoch,
                configSave,
                next,
                replicas,
                peers,
                failover,
                attemptMs,
                delayNotedMs);
    }

    /** A failover of this master begins somewhere; the next one waits. */
    Master attempted(long atMs) {
        return new Master(
                self,
                report,
                settings,
                rebootSinceMs,
                objectivelyDown,
                objectivelyDownSinceMs,
                configEpoch,
                configSave,
                vote,
                replicas,
                peers,
                failover,
                atMs,
                delayNotedMs);
    }

    Master delayNoted() {
        return new Master(
                self,
                report,
                settings,
                rebootSinceMs,
                objectivelyDown,
                objectivelyDownSinceMs,
                configEpoch,
                configSave,
                vote,
                replicas,
                peers,
                failover,
                attemptMs,
                attemptMs);
    }

    /** The watch begins anew at an address; settings, epochs and the other Sentinels stay. */
    Master begunAnew(Address at, long nowMs) {
        return new Master(
                self.begunAnew(at, nowMs),
                Report.none(InfoFacts.Role.MASTER, nowMs),
                settings,
                0,
                false,
                0,
                configEpoch,
                configSave,
                vote.forgotten(),
                Map.of(),
                peers,
                new Failover.Idle(0),
                0,
                0);
    }
}
