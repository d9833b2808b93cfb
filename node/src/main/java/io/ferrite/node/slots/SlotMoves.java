package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan;
import io.ferrite.coordination.slots.SlotImports;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All moves of slots that this node takes part in: those that it gives away, each an {@link
 * ExportJob}, and those that it is given, over connections of other nodes.
 *
 * <p>Any thread; what concerns a job happens on the cluster's loop.
 */
public final class SlotMoves {

    private static final int REMEMBERED = 64;
    private static final int TICK_MS = 10;

    /** So many keys may be removed while all stripes are held. */
    private static final int AT_ONCE = 10_000;

    private final Node node;
    private final Environment environment;
    private final Rebalancer rebalancer;
    private final ImportsFile importsFile;
    private final ImportsNotice notice;
    private final Map<String, ExportJob> exports = new LinkedHashMap<>();
    private final Map<String, ImportRecord> imported = new LinkedHashMap<>();
    private final SlotImports imports = new SlotImports();
    private final Map<Session, String> importing = new HashMap<>();

    /** Which task an import belongs to, by the name of the import. */
    private final Map<String, ImportTask> attempts = new HashMap<>();

    /** Slots that this node asked for, by the name of the task. */
    private final Map<String, ImportTask> tasks = new LinkedHashMap<>();

    /** Slots whose keys of an import that failed are being removed. */
    private SlotSet cleaning = SlotSet.EMPTY;

    private SlotSet frozen = SlotSet.EMPTY;
    private boolean ticking;

    public SlotMoves(Node node) {
        this.node = node;
        this.environment = node.environment();
        this.rebalancer = new Rebalancer(node);
        this.notice = new ImportsNotice(node);
        this.importsFile =
                new ImportsFile(
                        environment.disk(),
                        node.settings().get(ServerOptions.DIR),
                        node.settings().get(ClusterOptions.CLUSTER_CONFIG_FILE));
    }

    Node node() {
        return node;
    }

    /**
     * The data is loaded. Keys that an import left which the last process did not see end are
     * removed.
     *
     * @return their slots
     */
    public SlotSet leftBehind() {
        try {
            SlotSet left = importsFile.read().minus(node.cluster().view().self().slots());
            if (!left.isEmpty()) {
                startCleaning(left);
            }
            return left;
        } catch (IOException e) {
            node.log().warning("It is not known what imports left: " + e.getMessage());
            return SlotSet.EMPTY;
        }
    }

    /** What this node's master tells of itself in its stream. */
    public void heard(String capability) {
        notice.hear(capability);
    }

    /** This node follows another master, and does not know what is on its way there. */
    public void follows() {
        notice.forget();
    }

    /** This node leads its shard from now on: what was on its way to its master is nobody's. */
    public void leads() {
        SlotSet left = notice.forget();
        if (!left.isEmpty()) {
            startCleaning(left);
        }
    }

    /** Now and then, for replicas that are new. */
    public void remind() {
        notice.remind();
    }

    /**
     * Says on the disk, and to the replicas, what keys are coming of; on the cluster's loop.
     *
     * @return false if that could not be written
     */
    boolean keepImports() {
        SlotSet slots;
        synchronized (this) {
            slots = imports.receiving().plus(cleaning);
        }
        try {
            importsFile.write(slots);
            notice.tell(slots);
            return true;
        } catch (IOException e) {
            node.log().warning("Imports cannot be kept: " + e.getMessage());
            return false;
        }
    }

    /** The node around this one is whole, and one of a cluster. */
    public void assembled() {
        rebalancer.begin();
    }

    /** Which slots would have to go where for all masters to bear the same. */
    List<RebalancePlan.Move> plan() {
        return rebalancer.plan();
    }

    // --- slots given away ------------------------------------------------------------------------

    /**
     * A move that somebody asks for.
     *
     * @param name of the move, or empty for a new one
     * @param task what the move is called by who asks for it, or empty
     */
    record Wish(
            SlotSet slots, String target, List<String> authentication, String name, String task) {}

    /** Begins to give slots to nodes; refuses with a {@link CommandError} before any has begun. */
    synchronized void export(List<Wish> wishes) {
        ClusterView view = node.cluster().view();
        SlotSet before = SlotSet.EMPTY;
        for (Wish wish : wishes) {
            if (!before.and(wish.slots).isEmpty()) {
                throw CommandError.of("ERR Slot ranges overlap");
            }
            before = before.plus(wish.slots);
            check(view, wish.slots, view.node(wish.target), wish.target);
        }
        wishes.forEach(wish -> begin(wish, view.node(wish.target)));
    }

    /** The lock is held. */
    private void check(ClusterView view, SlotSet slots, ClusterNode to, String target) {
        if (view.self().isReplica()) {
            throw CommandError.of("ERR Only masters can move slots");
        }
        if (to == null || !to.isMaster()) {
            throw CommandError.of("ERR Unknown node " + target);
        }
        if (to.id().equals(view.selfId())) {
            throw CommandError.of("ERR Target node can not be this node");
        }
        if (!slots.minus(view.self().slots()).isEmpty()) {
            throw CommandError.of("ERR Slots are not served by this node");
        }
        for (ExportJob other : exports.values()) {
            if (!other.isOver() && !other.slots().and(slots).isEmpty()) {
                throw CommandError.of("ERR Some of the slots are being moved already");
            }
        }
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            if (view.migrating().containsKey(slot)) {
                throw CommandError.of("ERR Slot " + slot + " is migrating key by key");
            }
        }
    }

    /** The lock is held. */
    private void begin(Wish wish, ClusterNode to) {
        String name = wish.name.isEmpty() ? environment.randomHex(40) : wish.name;
        String task = wish.task.isEmpty() ? name : wish.task;
        ExportJob job = new ExportJob(this, name, task, wish.slots, to, wish.authentication);
        exports.put(name, job);
        forgetOld();
        environment.onLoop(environment.loopApart(), job::begin);
        keepTicking();
    }

    /** The lock is held. */
    private void keepTicking() {
        if (!ticking) {
            ticking = true;
            environment.after(environment.loopApart(), TICK_MS, this::tick);
        }
    }

    private void forgetOld() {
        if (exports.size() > REMEMBERED) {
            exports.values().stream()
                    .filter(ExportJob::isOver)
                    .findFirst()
                    .ifPresent(old -> exports.remove(old.name()));
        }
        if (imported.size() > REMEMBERED) {
            imported.remove(imported.keySet().iterator().next());
        }
    }

    private void tick() {
        List<ExportJob> jobs;
        List<ImportTask> wanted;
        synchronized (this) {
            jobs = exports.values().stream().filter(job -> !job.isOver()).toList();
            wanted = tasks.values().stream().filter(task -> !task.isOver()).toList();
            if (jobs.isEmpty() && wanted.isEmpty()) {
                ticking = false;
                return;
            }
        }
        jobs.forEach(ExportJob::tick);
        wanted.forEach(ImportTask::tick);
        environment.after(environment.loopApart(), TICK_MS, this::tick);
    }

    /** Ends all moves of slots away that may still end without effect; how many did not. */
    int cancel() {
        List<ExportJob> jobs;
        synchronized (this) {
            jobs = exports.values().stream().filter(job -> !job.isOver()).toList();
        }
        jobs.forEach(job -> environment.onLoop(environment.loopApart(), job::cancel));
        return (int) jobs.stream().filter(job -> !job.mayCancel()).count();
    }

    /** Nobody touches these slots; all stripes are held. */
    synchronized void freeze(SlotSet slots) {
        frozen = frozen.plus(slots);
        node.migrate().guard().setSlotsFrozen(true);
        node.cluster().freeze(slots);
    }

    synchronized void thaw(SlotSet slots) {
        frozen = frozen.minus(slots);
        node.cluster().thaw(slots);
        node.migrate().guard().setSlotsFrozen(!frozen.isEmpty());
    }

    /**
     * Slots are somebody else's than before: who was kept from them is judged again at once. On the
     * cluster's loop.
     */
    public void ownersChanged() {
        exports().stream().filter(job -> !job.isOver()).forEach(ExportJob::tick);
    }

    // --- slots asked for -------------------------------------------------------------------------

    /** Asks another node for slots; the name of the task. Refuses with a {@link CommandError}. */
    synchronized String request(SlotSet slots) {
        ClusterView view = node.cluster().view();
        if (view.self().isReplica()) {
            throw CommandError.of("ERR slot migration not allowed on replica.");
        }
        if (!view.migrating().isEmpty() || !view.importing().isEmpty()) {
            throw CommandError.of(
                    "ERR all slot states must be STABLE to start a slot migration task.");
        }
        ClusterNode source = null;
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            ClusterNode owner = view.owner(slot);
            if (owner == null) {
                throw CommandError.of("ERR slot has no owner: " + slot);
            }
            if (source != null && source != owner) {
                throw CommandError.of("ERR slots belong to different source nodes");
            }
            source = owner;
        }
        if (source == null || source.id().equals(view.selfId())) {
            throw CommandError.of("ERR this node is already the owner of the slot range");
        }
        for (ImportTask other : tasks.values()) {
            SlotSet both = other.slots().and(slots);
            if (!other.isOver() && !both.isEmpty()) {
                throw CommandError.of("ERR overlapping import exists for slot range: " + both);
            }
        }
        attempts.values().removeIf(ImportTask::isOver);
        String id = environment.randomHex(40);
        ImportTask task = new ImportTask(this, id, slots, source.id());
        tasks.put(id, task);
        if (tasks.size() > REMEMBERED) {
            tasks.values().stream()
                    .filter(ImportTask::isOver)
                    .findFirst()
                    .ifPresent(tasks.values()::remove);
        }
        environment.onLoop(environment.loopApart(), task::begin);
        keepTicking();
        return id;
    }

    /** An import of this name is a try of that task. */
    synchronized void expect(String name, ImportTask task) {
        attempts.put(name, task);
    }

    /** The lock is held. */
    private void tell(String name, Consumer<ImportTask> what) {
        ImportTask task = attempts.get(name);
        if (task != null) {
            environment.onLoop(
                    environment.loopApart(),
                    () -> {
                        if (task.attempt().equals(name)) {
                            what.accept(task);
                        }
                    });
        }
    }

    /**
     * An import is not wanted any more: it is not taken from now on.
     *
     * @return false if it was taken already
     */
    synchronized boolean abandon(String name) {
        attempts.remove(name);
        SlotImports.Import known = imports.get(name);
        if (known == null && !name.isEmpty()) {
            imports.end(name); // it will not begin either
        } else if (known != null && known.phase() == SlotImports.Phase.RECEIVING) {
            giveUp(known);
        }
        return known == null || known.phase() != SlotImports.Phase.TAKEN;
    }

    /** The lock is held: what comes over the import's connection is removed once it is closed. */
    private void giveUp(SlotImports.Import known) {
        imports.end(known.name());
        ended(known.name());
        cleaning = cleaning.plus(known.slots());
        Session carrier = carrierOf(known.name());
        environment.onLoop(environment.loopApart(), () -> carrier.outbox().close(false));
    }

    /**
     * Ends what was asked for and what is given away, if it is not too late.
     *
     * @param id of one of them, or null for all
     * @return how many
     */
    int cancelTasks(String id) {
        List<ImportTask> wanted;
        List<ExportJob> given;
        synchronized (this) {
            wanted =
                    tasks.entrySet().stream()
                            .filter(one -> id == null || one.getKey().equals(id))
                            .map(Map.Entry::getValue)
                            .filter(task -> !task.isOver())
                            .toList();
            given =
                    exports.values().stream()
                            .filter(job -> id == null || job.task().equals(id))
                            .filter(job -> !job.isOver() && job.mayCancel())
                            .toList();
        }
        wanted.forEach(task -> environment.onLoop(environment.loopApart(), task::cancel));
        given.forEach(job -> environment.onLoop(environment.loopApart(), job::cancel));
        return wanted.size() + given.size();
    }

    /** How many moves of slots, here and away, have not ended. */
    public synchronized int active() {
        long away = exports.values().stream().filter(job -> !job.isOver()).count();
        return (int) away + importing.size();
    }

    /** Bytes of slots on their way that wait to be sent. */
    public synchronized long outputBytes() {
        return exports.values().stream().mapToLong(ExportJob::outputBytes).sum();
    }

    /** All moves that this node knows of, the latest first. */
    synchronized List<MoveStatus> status() {
        String self = node.cluster().view().selfId();
        List<MoveStatus> all = new ArrayList<>();
        tasks.values().forEach(task -> all.add(task.status(self)));
        exports.values().forEach(job -> all.add(job.status(self)));
        all.sort(Comparator.comparingLong(MoveStatus::createdMs).reversed());
        return all;
    }

    /** As for the link to a leader. */
    List<String> usualAuthentication() {
        String password = node.settings().get(ReplicationOptions.MASTERAUTH);
        String user = node.settings().get(ReplicationOptions.MASTERUSER);
        if (password.isEmpty()) {
            return List.of();
        }
        return user.isEmpty() ? List.of("AUTH", password) : List.of("AUTH", user, password);
    }

    synchronized List<ExportJob> exports() {
        return new ArrayList<>(exports.values());
    }

    // --- slots that come -------------------------------------------------------------------------

    /** What is told of a move of slots to this node. */
    record ImportRecord(
            String name, String source, SlotSet slots, long createdMs, long[] endedMs) {}

    synchronized Map<ImportRecord, SlotImports.Phase> imported() {
        Map<ImportRecord, SlotImports.Phase> all = new LinkedHashMap<>();
        for (ImportRecord record : imported.values()) {
            SlotImports.Import known = imports.get(record.name);
            all.put(record, known == null ? SlotImports.Phase.DEAD : known.phase());
        }
        return all;
    }

    /** Another node sends slots over this connection from now on; all stripes are held. */
    synchronized void establish(ExecutionUnit unit, String name, String source, SlotSet slots) {
        ClusterView view = node.cluster().view();
        if (view.self().isReplica()) {
            throw CommandError.of("ERR Only masters can take slots");
        }
        requireOwner(view, slots, source);
        if (importing.containsKey(unit.session())) {
            throw CommandError.of("ERR This connection carries a migration already");
        }
        if (!cleaning.and(slots).isEmpty() || isMuchLeft(slots)) {
            throw CommandError.of("ERR Keys of an earlier migration are being removed still");
        }
        String refusal = imports.begin(name, source, slots);
        if (refusal != null) {
            throw CommandError.of(refusal);
        }
        imported.put(name, new ImportRecord(name, source, slots, environment.nowMs(), new long[1]));
        forgetOld();
        importing.put(unit.session(), name);
        unit.session().set(Session.IMPORT);
        // A node that died in the middle may have left some; nobody else asks for them.
        node.cluster().deleteKeysIn(unit, slots);
        tell(name, ImportTask::established);
    }

    /** Whether it would take long to remove at once what is left of these slots. */
    private boolean isMuchLeft(SlotSet slots) {
        return node.cluster().keysIn(node.cluster().keysLeft().and(slots)) > AT_ONCE;
    }

    private static void requireOwner(ClusterView view, SlotSet slots, String source) {
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            ClusterNode owner = view.owner(slot);
            if (owner == null || !owner.id().equals(source)) {
                throw CommandError.of("ERR Slot " + slot + " is not known to be the source's");
            }
        }
    }

    /**
     * Everything has come: the slots are this node's when this returns. Not if the source lost them
     * meanwhile, to a replica of its own, say: what was written there since is not here. All
     * stripes are held.
     */
    synchronized void take(Session session, String name) {
        SlotImports.Import known = imports.get(name);
        if (known == null
                || known.phase() != SlotImports.Phase.RECEIVING
                || !name.equals(importing.get(session))) {
            throw CommandError.of("ERR There is no such migration any more");
        }
        requireOwner(node.cluster().view(), known.slots(), known.source());
        String refusal = node.cluster().order(orders -> orders.take(known.slots()));
        if (refusal != null) {
            throw CommandError.of(refusal);
        }
        imports.take(name);
        ended(name);
        tell(name, ImportTask::taken);
        environment.onLoop(environment.loopApart(), this::keepImports);
    }

    /**
     * Whether a move was completed; if not, it never will be. All stripes are held.
     *
     * @param slots what moves, as the one says who asks
     */
    synchronized boolean wasTaken(String name, SlotSet slots) {
        SlotSet own = node.cluster().view().self().slots();
        SlotImports.Import before = imports.get(name);
        boolean taken = imports.wasTaken(name, !own.and(slots).isEmpty());
        if (before != null && before.phase() == SlotImports.Phase.RECEIVING) {
            giveUp(before);
        }
        return taken;
    }

    /** The session of an import that is not over. */
    private Session carrierOf(String name) {
        for (Map.Entry<Session, String> one : importing.entrySet()) {
            if (one.getValue().equals(name)) {
                return one.getKey();
            }
        }
        throw new IllegalStateException("nobody carries " + name);
    }

    /** The lock is held. */
    private void ended(String name) {
        ImportRecord record = imported.get(name);
        if (record != null) {
            record.endedMs[0] = environment.nowMs();
        }
    }

    /** The connection that slots came over is gone. */
    public void importLost(Session session) {
        SlotImports.Import lost;
        synchronized (this) {
            String name = importing.remove(session);
            if (name == null) {
                return;
            }
            if (imports.end(name) != null) {
                ended(name);
            }
            tell(name, task -> task.broken("the connection was closed"));
            lost = imports.get(name);
        }
        if (lost != null && lost.phase() == SlotImports.Phase.DEAD) {
            node.log().notice("Import of slots " + lost.slots() + " ended without success.");
            startCleaning(lost.slots());
        }
    }

    private void startCleaning(SlotSet slots) {
        synchronized (this) {
            cleaning = cleaning.plus(slots);
        }
        environment.onLoop(0, () -> node.cluster().deleteKeys(slots, () -> cleaned(slots)));
    }

    private void cleaned(SlotSet slots) {
        synchronized (this) {
            cleaning = cleaning.minus(slots);
        }
        environment.onLoop(environment.loopApart(), this::keepImports);
    }
}
