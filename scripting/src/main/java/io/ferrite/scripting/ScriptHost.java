package io.ferrite.scripting;

import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;

/** The server around a script while it runs. Called on the thread that runs it. */
public interface ScriptHost extends ScriptLog {

    /** What {@link #mayCall} answers. */
    enum Permission {
        GRANTED,
        DENIED,
        NO_SUCH_COMMAND
    }

    /**
     * Runs a command for the script.
     *
     * @param reply takes the reply, in the protocol that is set there
     * @return null, or why the command was not run: an error line after its dash, or a text without
     *     code
     */
    String call(Request request, NativeReplyWriter reply);

    /** Whether the user who runs the script may run this command. */
    Permission mayCall(Request request);

    /** Whether followers and files are told of what the script's commands change from here on. */
    void setReplicated(boolean files, boolean followers);

    /** Counts an error that the script's client is told. */
    void countError(String line);

    /**
     * Asked every fraction of a millisecond.
     *
     * @return null, or the error that ends the script
     */
    String interrupt();
}
