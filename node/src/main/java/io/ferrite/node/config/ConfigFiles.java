package io.ferrite.node.config;

import java.io.IOException;
import java.util.List;

/**
 * The files that configuration touches. Paths and contents are strings of bytes (ISO 8859-1); a
 * relative path is meant from a directory that is named with it.
 *
 * <p>An {@link IOException}'s message is the system's own text, such as {@code No such file or
 * directory}.
 */
public interface ConfigFiles {

    /** The directory in which the process was started, absolute. */
    String workingDirectory();

    /** The whole content of a file. */
    String read(String directory, String path) throws IOException;

    /** The whole content of a file with an absolute path, empty if there is no such file. */
    String readIfPresent(String path) throws IOException;

    /** All of standard input up to its end. */
    String readStandardInput() throws IOException;

    /** The paths that match a shell pattern, sorted; none if nothing matches. */
    List<String> glob(String directory, String pattern);

    /** The absolute path of a directory that exists and may be entered. */
    String enter(String directory, String path) throws IOException;

    /** Makes sure that a file can be appended to, by opening it so. */
    void checkAppendable(String directory, String path) throws IOException;

    /**
     * Replaces a file so that after a crash either the old or the new content is there: a new file
     * beside it, forced to disk, renamed over it.
     */
    void replace(String path, String content) throws IOException;
}
