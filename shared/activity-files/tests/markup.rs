//! GPX and TCX.

use activity_files::metrics::{Summary, distance_cm};
use activity_files::{Activity, Damage, Format, Limits, Pause, Unreadable, read};
use chunk_codec::Kind;
use kernel::Sport;

fn of(text: &str) -> Result<Activity, Unreadable> {
    read(text.as_bytes(), &Limits::default())
}

const GPX: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
 <metadata><time>2026-01-31T06:59:00Z</time></metadata>
 <wpt lat="1" lon="1"><time>2026-01-30T07:00:00Z</time></wpt>
 <trk><name>Ярмарка &amp; более</name><type>cycling</type>
  <trkseg>
   <trkpt lat="51.5" lon="-0.125"><ele>12.34</ele><time>2026-01-31T07:00:00Z</time>
    <extensions><power>200</power><x:TrackPointExtension><x:hr>120</x:hr><x:cad>80</x:cad><x:atemp>-3</x:atemp></x:TrackPointExtension></extensions></trkpt>
   <trkpt lat="51.501" lon="-0.125"><time>2026-01-31T10:00:10.500+03:00</time></trkpt>
  </trkseg>
  <trkseg>
   <trkpt lat="51.502" lon="-0.125"><time>2026-01-31T07:05:00</time></trkpt>
   <trkpt lat="95" lon="-0.125"><ele>high</ele><time>2026-01-31T07:05:01Z</time></trkpt>
   <trkpt lat="51.502" lon="-0.125"></trkpt>
  </trkseg>
 </trk>
</gpx>"#;

const TCX: &str = r#"   <?xml version="1.0"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
 <Activities><Activity Sport="Running"><Id>2026-01-31T07:00:00Z</Id>
  <Lap StartTime="2026-01-31T07:00:00Z"><DistanceMeters>999</DistanceMeters><AverageHeartRateBpm><Value>1</Value></AverageHeartRateBpm>
   <Track><Trackpoint><Time>2026-01-31T07:00:01Z</Time><Position><LatitudeDegrees>180e-1</LatitudeDegrees><LongitudeDegrees>180</LongitudeDegrees></Position>
     <AltitudeMeters>1.0E1</AltitudeMeters><DistanceMeters>3.456</DistanceMeters><HeartRateBpm><Value>131</Value></HeartRateBpm>
     <Extensions><ns3:TPX xmlns:ns3="x"><ns3:Speed>3.0001</ns3:Speed><ns3:Watts>250</ns3:Watts><ns3:RunCadence>90</ns3:RunCadence></ns3:TPX></Extensions></Trackpoint></Track>
   <Track><Trackpoint><Time>2026-01-31T07:01:00Z</Time><DistanceMeters>4.5</DistanceMeters></Trackpoint></Track></Lap>
  <Lap StartTime="2026-01-31T07:01:01Z"><Track><Trackpoint><Time>2026-01-31T07:01:01Z</Time></Trackpoint></Track></Lap>
 </Activity></Activities>
 <Courses><Course><Track><Trackpoint><Time>2026-03-01T00:00:00Z</Time></Trackpoint></Track></Course></Courses>
</TrainingCenterDatabase>"#;

#[test]
fn gpx_is_read_in_the_scales_of_the_codec() {
    let ride = of(GPX).unwrap();
    assert_eq!((ride.format, ride.sport, ride.damage), (Format::Gpx, Sport::Cycling, None));
    assert_eq!(ride.times.len(), 4, "a point without a time is none");
    assert_eq!(ride.elapsed_millis(), 301_000);
    assert_eq!(ride.pauses, [Pause { from: ride.start + 10_500, until: ride.start + 300_000 }]);
    let first = |kind| ride.channel(kind).unwrap()[0];
    assert_eq!(first(Kind::LATITUDE), Some(614_418_933), "51.5 · 2³¹ / 180");
    assert_eq!(first(Kind::LONGITUDE), Some(-1_491_308));
    assert_eq!(first(Kind::ALTITUDE), Some(2_562), "(12.34 + 500) · 5");
    assert_eq!((first(Kind::POWER), first(Kind::HEART_RATE)), (Some(200), Some(120)));
    assert_eq!((first(Kind::CADENCE), first(Kind::TEMPERATURE)), (Some(80), Some(-3)));
    assert_eq!(ride.channel(Kind::LATITUDE).unwrap()[3], None, "there is no 95° north");
}

/// 0.001° of latitude are 111.19 m on a sphere of the mean radius; the step of the pause counts as well.
#[test]
fn without_a_counter_the_way_goes_along_the_positions() {
    let way = distance_cm(&of(GPX).unwrap()).unwrap();
    assert!((22_237..=22_241).contains(&way), "{way}");
}

#[test]
fn tcx_is_read_in_the_scales_of_the_codec() {
    let run = of(TCX).unwrap();
    assert_eq!((run.format, run.sport, run.damage), (Format::Tcx, Sport::Running, None));
    assert_eq!((run.times.len(), run.laps.len()), (3, 2), "nobody has been on the course");
    assert_eq!(run.times[0] - run.start, 1_000, "it began with its first lap");
    assert_eq!(run.pauses, [Pause { from: run.start + 1_000, until: run.start + 60_000 }], "laps are no pauses");
    let first = |kind| run.channel(kind).unwrap()[0];
    assert_eq!((first(Kind::LATITUDE), first(Kind::LONGITUDE)), (Some(214_748_365), Some(-2_147_483_648)));
    assert_eq!((first(Kind::ALTITUDE), first(Kind::DISTANCE)), (Some(2_550), Some(346)));
    assert_eq!((first(Kind::SPEED), first(Kind::POWER)), (Some(3_000), Some(250)));
    assert_eq!((first(Kind::HEART_RATE), first(Kind::CADENCE)), (Some(131), Some(90)));
    assert_eq!(Summary::of(&run, &[], &[]).moving_seconds, 2);
}

#[test]
fn what_is_cut_off_keeps_its_beginning() {
    for cut in (0..GPX.len()).step_by(13) {
        let bytes = &GPX.as_bytes()[..cut];
        if let Ok(part) = read(bytes, &Limits::default()) {
            assert_eq!(part.damage, Some(Damage::Broken), "{cut}");
        }
    }
    let cut = GPX.find("<trkpt lat=\"51.502\"").unwrap();
    assert_eq!(of(&GPX[..cut]).unwrap().times.len(), 2);
}

/// A billion laughs, and other ways to grow.
#[test]
fn nothing_expands() {
    let laughs = "<!DOCTYPE gpx [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><gpx><trk><name>&b;</name></trk></gpx>";
    assert_eq!(of(laughs), Err(Unreadable::DocumentType));
    let outside = "<!DOCTYPE gpx SYSTEM \"file:///etc/passwd\"><gpx/>";
    assert_eq!(of(outside), Err(Unreadable::DocumentType));
    let deep = format!("<gpx>{}", "<a>".repeat(10_000));
    assert_eq!(of(&deep), Err(Unreadable::TooDeep));
    let entity = GPX.replace("<power>200</power>", "<power>2&undeclared;</power>");
    assert_eq!(of(&entity).unwrap().times.len(), 4, "an entity that nobody declared is nothing");
    let long = GPX.replace("<power>200</power>", &format!("<power>{}</power>", "1".repeat(100_000)));
    assert_eq!(of(&long).unwrap().channel(Kind::POWER), None);
    let wide = GPX.replace("<trk>", &format!("<trk {}>", "a='1' ".repeat(50_000)));
    assert_eq!(of(&wide).unwrap().times.len(), 4);
}

#[test]
fn a_route_is_no_recording() {
    let route = "<gpx><rte><rtept lat='1' lon='1'><time>2026-01-31T07:00:00Z</time></rtept></rte></gpx>";
    assert_eq!(of(route), Err(Unreadable::NoRecords));
    let untimed = "<gpx><trk><trkseg><trkpt lat='1' lon='1'/></trkseg></trk></gpx>";
    assert_eq!(of(untimed), Err(Unreadable::NoRecords));
}

#[test]
fn two_sports_in_one_file_are_neither() {
    let both = TCX.replace("</Activities>", "<Activity Sport=\"Biking\"></Activity></Activities>");
    assert_eq!(of(&both).unwrap().sport, Sport::Other);
}
