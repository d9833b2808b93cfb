package io.ferrite.base.disk;

import java.io.IOException;
import java.util.List;

/**
 * Names of files and directories, and the way to their contents. Any thread.
 *
 * <p>Paths are absolute; their characters are bytes (ISO 8859-1), as the system takes them. What
 * fails is an {@link IOException} whose message is the system's own text, such as {@code No space
 * left on device}; a file or directory that is not there is a {@link MissingFileException}.
 *
 * <p>What was written lasts only when it was synced: contents by {@link DiskFile#sync}, names
 * (created, renamed, deleted) by {@link #syncDirectory}.
 */
public interface Disk {

    /** What a file is opened for. */
    enum Mode {
        /** To read a file that is there. */
        READ,
        /** To read and change a file that is there. */
        CHANGE,
        /** To write, and to read back, from empty; the file is made or loses what it holds. */
        CREATE,
        /** To write behind the end; the file is made when it is not there. */
        APPEND
    }

    /** Opens a file; closed by the caller. A file that is deleted meanwhile can still be used. */
    DiskFile open(String path, Mode mode) throws IOException;

    /** Whether there is a file or a directory of this name. */
    boolean exists(String path);

    /** Bytes of a file that is there. */
    long size(String path) throws IOException;

    /** Names in a directory, without it and in no order. */
    List<String> list(String directory) throws IOException;

    /** Makes a directory if it is not there yet; the one that it is in must be. */
    void makeDirectory(String path) throws IOException;

    /** Gives a file another name in one step, in place of the file that has it. */
    void rename(String from, String to) throws IOException;

    /** Removes a file or an empty directory; false if it is not there. */
    boolean delete(String path) throws IOException;

    /** Waits until names in a directory are as they are now even after a power cut. */
    void syncDirectory(String directory) throws IOException;

    /** The path of a name that is seen from a directory; an absolute one stays what it is. */
    static String path(String directory, String name) {
        if (name.startsWith("/")) {
            return name;
        }
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    /** The directory that a path's last name is in. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
