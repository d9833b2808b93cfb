package io.ferrite.module;

/**
 * An error that the client is to read. The text begins with its code in capitals, such as {@code
 * ERR} or {@code WRONGTYPE}; where it does not, {@code ERR} is put in front.
 */
public class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Refusal(String line) {
        super(line, null, false, false);
    }
}
