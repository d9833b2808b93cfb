package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** The command groups: the one list of them. A new family is entered here. */
final class Groups {

    private static final List<CommandGroup> ALL =
            List.of(
                    new StringGroup(),
                    new GenericGroup(),
                    new ListGroup(),
                    new SetGroup(),
                    new HashGroup(),
                    new BitmapGroup(),
                    new HyperLogLogGroup());

    private Groups() {}

    /** All of them, or those that {@code -Dferrite.fuzz.groups=StringGroup,...} names. */
    static List<CommandGroup> chosen() {
        String wanted = System.getProperty("ferrite.fuzz.groups", "");
        List<CommandGroup> chosen = new ArrayList<>(ALL);
        if (!wanted.isEmpty()) {
            chosen.removeIf(group -> !wanted.contains(group.getClass().getSimpleName()));
        }
        return chosen;
    }
}
