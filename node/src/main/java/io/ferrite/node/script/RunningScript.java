package io.ferrite.node.script;

import java.util.List;

/** A script or function that has run for too long, as others see it. */
final class RunningScript {

    /** How it can be ended. */
    enum Ending {
        /** By SCRIPT KILL or FUNCTION KILL. */
        KILL,
        /** It has written: what it did can't be taken back. */
        WROTE,
        /** The leader sent it. */
        LEADERS
    }

    private final String name;
    private final boolean function;
    private final boolean leaders;
    private final List<byte[]> command;
    private final long beganNanos;
    private volatile boolean wrote;
    private volatile boolean killed;

    RunningScript(
            String name, boolean function, boolean leaders, List<byte[]> command, long beganNanos) {
        this.name = name;
        this.function = function;
        this.leaders = leaders;
        this.command = command;
        this.beganNanos = beganNanos;
    }

    String name() {
        return name;
    }

    boolean isFunction() {
        return function;
    }

    /** The words of the command that called it. */
    List<byte[]> command() {
        return command;
    }

    long beganNanos() {
        return beganNanos;
    }

    /** It runs its first command that writes. On its own thread. */
    void writes() {
        wrote = true;
    }

    Ending ending() {
        if (leaders) {
            return Ending.LEADERS;
        }
        return wrote ? Ending.WROTE : Ending.KILL;
    }

    /** Asks it to end. */
    void kill() {
        killed = true;
    }

    boolean isKilled() {
        return killed;
    }

    /** What clients are told that would have to wait for it. */
    String busy() {
        return function
                ? "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN"
                        + " NOSAVE."
                : "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN"
                        + " NOSAVE.";
    }
}
