package io.ferrite.node;

/** How much a server does in a second. */
public final class NodeRates {

    private final Node node;
    private final Rates commands = new Rates();
    private final Rates input = new Rates();
    private final Rates output = new Rates();
    private final Rates turns = new Rates();
    private final Rates turnTime = new Rates();

    NodeRates(Node node) {
        this.node = node;
    }

    /** Takes the samples that rates are made of. */
    void sample(long nowMs) {
        commands.sample(node.report().commands(), nowMs);
        input.sample(node.stats().inputBytes.sum(), nowMs);
        output.sample(node.stats().outputBytes.sum(), nowMs);
        TurnStats loops = node.report().turns();
        turns.sample(loops.turns, nowMs);
        turnTime.sample(loops.nanos / 1000, nowMs);
    }

    public long operations() {
        return commands.average();
    }

    public long inputBytes() {
        return input.average();
    }

    public long outputBytes() {
        return output.average();
    }

    /** Turns of the event loops. */
    public long turns() {
        return turns.average();
    }

    /** How long a turn of an event loop takes. */
    public long microsPerTurn() {
        return turnTime.average() / Math.max(1, turns.average());
    }
}
