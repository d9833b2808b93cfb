package io.ferrite.coordination.cluster.bus;

import io.ferrite.coordination.cluster.SlotSet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The slots that senders told last. Nearly every message tells what the one before did, and then
 * the same set is answered: it need not be made, and comparing it with the known one is comparing
 * two references.
 */
final class SlotMemory {

    private static final int SENDERS = 4096;

    private record Told(byte[] bytes, SlotSet slots) {}

    private final Map<String, Told> last =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
                    return size() > SENDERS;
                }
            };

    SlotSet read(String sender, byte[] from, int at) {
        Told told = last.get(sender);
        if (told != null
                && Arrays.equals(told.bytes, 0, SlotSet.BYTES, from, at, at + SlotSet.BYTES)) {
            return told.slots;
        }
        byte[] bytes = Arrays.copyOfRange(from, at, at + SlotSet.BYTES);
        SlotSet slots = SlotSet.read(bytes, 0);
        last.put(sender, new Told(bytes, slots));
        return slots;
    }
}
