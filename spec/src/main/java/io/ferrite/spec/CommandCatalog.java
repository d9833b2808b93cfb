package io.ferrite.spec;
import io.ferrite.memory.Memory;
import java.io.*; import java.util.*;
public final class CommandCatalog {
  private final Map<String,CommandSpec> map=new LinkedHashMap<>(); private CommandSpec[] table=new CommandSpec[2048];
  public static CommandCatalog load(){ CommandCatalog c=new CommandCatalog(); try(var r=new BufferedReader(new InputStreamReader(CommandCatalog.class.getResourceAsStream("tmp.tsv")))){ String l; int id=0; while((l=r.readLine())!=null){ String[] f=l.split("\t",-1); long fl=0; for(String s:f[2].split(",")) try{ if(!s.isEmpty()) fl|=1L<<CommandFlag.valueOf(s).ordinal(); }catch(IllegalArgumentException e){} List<KeySpec> ks=new ArrayList<>(); for(String s:f[3].split(";")) if(!s.isEmpty()){ String[] p=s.split(","); ks.add(new KeySpec(Integer.parseInt(p[0]),Integer.parseInt(p[1]),Integer.parseInt(p[2]))); } CommandSpec cs=new CommandSpec(f[0],id++,Integer.parseInt(f[1]),fl,ks.toArray(new KeySpec[0])); c.map.put(f[0],cs);} for(var cs:c.map.values()){ int b=cs.name.indexOf('|'); if(b>0){ var p=c.map.get(cs.name.substring(0,b)); if(p!=null){cs.parent=p;p.subs.put(cs.name.substring(b+1),cs);} } else { int h=hash(cs.name.getBytes()); while(c.table[h&2047]!=null) h++; c.table[h&2047]=cs; } } }catch(IOException e){throw new UncheckedIOException(e);} return c;}
  static int hash(byte[] b){int h=0; for(byte x:b) h=h*31+(x|32); return h^h>>>11;}
  public CommandSpec find(long a,int n){ int h=0; for(int i=0;i<n;i++) h=h*31+(Memory.getByte(a+i)|32); h^=h>>>11; CommandSpec c; while((c=table[h&2047])!=null){ if(c.name.length()==n){ int i=0; for(;i<n;i++) if((Memory.getByte(a+i)|32)!=c.name.charAt(i)) break; if(i==n) return c;} h++; } return null; }
  public CommandSpec find(String s){return map.get(s);} public Collection<CommandSpec> all(){return map.values();}
}
