package io.ferrite.server;

import io.ferrite.resp.NativeReplyWriter;

/** Takes the replies that nobody wants to read (CLIENT REPLY OFF and SKIP). */
final class Quiet {

    private static final ThreadLocal<NativeReplyWriter> WRITER =
            ThreadLocal.withInitial(() -> new NativeReplyWriter(1 << 12));

    private Quiet() {}

    /** This thread's waste bin, empty. */
    static NativeReplyWriter writer() {
        NativeReplyWriter writer = WRITER.get();
        writer.reset();
        return writer;
    }
}
