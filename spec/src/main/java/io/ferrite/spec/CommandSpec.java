package io.ferrite.spec;
import io.ferrite.memory.Slice;
import java.util.*;
public final class CommandSpec {
  final String name; final int id; final int arity; final long flags; final KeySpec[] keys; final Map<String,CommandSpec> subs=new HashMap<>(); CommandSpec parent;
  CommandSpec(String name,int id,int arity,long flags,KeySpec[] keys){this.name=name;this.id=id;this.arity=arity;this.flags=flags;this.keys=keys;}
  public String name(){return name;} public int id(){return id;} public int arity(){return arity;} public long flags(){return flags;}
  public boolean is(CommandFlag f){return (flags&1L<<f.ordinal())!=0;}
  public CommandSpec parent(){return parent;} public boolean isContainer(){return !subs.isEmpty();}
  public CommandSpec subcommand(Slice s){return subs.get(s.toString().toLowerCase(Locale.ROOT));}
  public KeySpec[] keySpecs(){return keys;} public int firstKey(){return keys.length==0?0:keys[0].first();} public int lastKey(){return keys.length==0?0:keys[0].last();} public int step(){return keys.length==0?0:keys[0].step();}
}
