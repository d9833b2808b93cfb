package io.ferrite.coordination.cluster.bus;

/** Kinds of messages; the ordinal is the number on the wire. */
public enum MessageType {
    PING("ping"),
    PONG("pong"),
    MEET("meet"),
    FAIL("fail"),
    PUBLISH("publish"),
    AUTH_REQUEST("auth-req"),
    AUTH_ACK("auth-ack"),
    UPDATE("update"),
    MFSTART("mfstart"),
    MODULE("module"),
    PUBLISHSHARD("publishshard");

    private static final MessageType[] ALL = values();

    private final String text;

    MessageType(String text) {
        this.text = text;
    }

    /** As CLUSTER INFO names it. */
    public String text() {
        return text;
    }

    /** Null for a number that no kind has. */
    public static MessageType of(int number) {
        return number >= 0 && number < ALL.length ? ALL[number] : null;
    }

    boolean isGossip() {
        return this == PING || this == PONG || this == MEET;
    }
}
