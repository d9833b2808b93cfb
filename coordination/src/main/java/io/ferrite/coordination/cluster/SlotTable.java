package io.ferrite.coordination.cluster;

/**
 * Which node serves which slot, by id. Immutable: a change copies the pages that it falls into, of
 * 128 slots each, and the list of pages.
 */
final class SlotTable {

    private static final int PAGE = 128;

    static final SlotTable EMPTY = new SlotTable(emptyPages());

    private final String[][] pages;

    private SlotTable(String[][] pages) {
        this.pages = pages;
    }

    private static String[][] emptyPages() {
        String[][] pages = new String[SlotSet.SLOTS / PAGE][];
        java.util.Arrays.fill(pages, new String[PAGE]);
        return pages;
    }

    /** The id of a slot's owner, or null. */
    String owner(int slot) {
        return pages[slot / PAGE][slot % PAGE];
    }

    /** With an owner, or none where it is null, for all of these slots. */
    SlotTable with(SlotSet slots, String owner) {
        if (slots.isEmpty()) {
            return this;
        }
        String[][] next = pages.clone();
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            int page = slot / PAGE;
            if (next[page] == pages[page]) {
                next[page] = pages[page].clone();
            }
            next[page][slot % PAGE] = owner;
        }
        return new SlotTable(next);
    }
}
