package io.ferrite.testkit.disk;

import java.io.IOException;

/** The machine is off: nothing has any effect any more. */
public final class PowerCutException extends IOException {
    private static final long serialVersionUID = 1;

    PowerCutException() {
        super("power cut");
    }
}
