package io.ferrite.base.disk;

import java.io.IOException;

/** There is no file or directory of the name. */
public final class MissingFileException extends IOException {
    private static final long serialVersionUID = 1;

    public MissingFileException() {
        super("No such file or directory");
    }

    public MissingFileException(Throwable cause) {
        super("No such file or directory", cause);
    }
}
