import com.amazonaws.services.glue.GlueContext
import com.amazonaws.services.glue.util.{GlueArgParser, Job}
import org.apache.spark.SparkContext
import scala.collection.JavaConverters._

object CustomerMatch {
  def main(sysArgs: Array[String]): Unit = {
    val glueContext = new GlueContext(new SparkContext())
    val args = GlueArgParser.getResolvedOptions(sysArgs, Seq("JOB_NAME").toArray)
    Job.init(args("JOB_NAME"), glueContext, args.asJava)
    val customers = glueContext.getCatalogSource(database = "retail_curated", tableName = "customers").getDynamicFrame()
    glueContext
      .getCatalogSink(database = "retail_marts", tableName = "customer_match")
      .writeDynamicFrame(customers.dropFields(Seq("email")))
    Job.commit()
  }
}
