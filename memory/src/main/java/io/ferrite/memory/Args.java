package io.ferrite.memory;

/**
 * A sequence of byte strings off-heap, by index: what every reader of a command's arguments needs
 * to know, whoever decoded or copied them. A view: good as long as its owner says.
 */
public interface Args {

    int count();

    /**
     * The address of the first byte of argument {@code i}; {@code 0 <= i < count()} is not checked.
     */
    long address(int i);

    int length(int i);
}
